from . import product_combo_item
from . import sales_plan_bundle_line
from . import sales_subscription_plan
from . import sales_subscription_line
from . import sales_subscription_line_order
from . import sales_subscription_charge
from . import sales_subscription
from . import sale_order_line
