from . import sales_help_article
from . import sales_portal_attempt
from . import sale_order_status
