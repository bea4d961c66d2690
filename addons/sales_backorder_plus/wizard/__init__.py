from . import sales_backorder_procure
from . import sales_backorder_way
