from . import sales_retention_offer
from . import sales_retention_proposal
from . import sales_retention_accept
from . import sales_retention_failed
from . import sales_order_cancellation_offer
from . import sale_order_offer
from . import sales_order_api_offer
