from . import sales_order_clone
from . import sales_order_merge
from . import sales_order_split
from . import sales_order_split_line
