from . import sale_order_lifecycle
from . import sale_order_desk
from . import sale_order_margin
