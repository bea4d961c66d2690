from . import sales_subscription_proposal
from . import sales_subscription_line_adjust
from . import sales_subscription_line_replenish
