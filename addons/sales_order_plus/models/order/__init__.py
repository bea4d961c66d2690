from . import sales_order_type
from . import sales_channel
from . import sales_order_link
from . import res_partner_class
from . import sale_order_classification
from . import sale_order_lifecycle
from . import sale_order_desk
from . import sale_order_margin
