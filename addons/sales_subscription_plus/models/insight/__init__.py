from . import sales_mrr_movement
from . import sales_mrr_part_mixin
from . import sales_subscription_mrr
from . import sales_subscription_line_mrr
from . import sales_subscription_history
