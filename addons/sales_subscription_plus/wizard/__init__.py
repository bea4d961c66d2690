from . import sales_subscription_period_again
