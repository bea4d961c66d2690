from . import delivery_carrier_intercept
from . import sales_delivery_intercept
from . import sales_delivery_intercept_answer
from . import stock_picking_intercept
from . import sale_order_intercept
from . import sales_order_cancellation_intercept
from . import sales_retry_job_intercept
