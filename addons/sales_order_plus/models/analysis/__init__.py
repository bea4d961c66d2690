from . import res_company_cancel_alert
from . import product_cancel_alert
