from . import sales_order_history
from . import sales_order_tag
from . import sales_phone_call
