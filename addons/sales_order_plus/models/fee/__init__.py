from . import sales_restocking_fee
from . import sale_order_fee
from . import sales_fee_mixin
from . import sales_order_cancellation_fee
from . import sales_order_return_fee
