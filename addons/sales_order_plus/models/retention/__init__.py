from . import sales_order_cancellation_offer
from . import sale_order_offer
from . import sales_order_api_offer
