from . import sales_order_cancellation_decision
