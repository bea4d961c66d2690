from . import ir_websocket
from . import sales_backorder_live
