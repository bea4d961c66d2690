from . import sales_order_cancellation_decision
from . import sale_mass_cancel_orders
