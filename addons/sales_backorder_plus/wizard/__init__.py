from . import sales_backorder_procure
from . import sales_backorder_way
from . import sales_fulfilment_exchange
