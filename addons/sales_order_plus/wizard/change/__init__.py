from . import sales_order_change_decision
from . import sales_order_version_compare
