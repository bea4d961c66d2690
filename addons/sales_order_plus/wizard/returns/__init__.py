from . import sales_order_return_inspection
from . import sales_order_return_refusal
