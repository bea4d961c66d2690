from . import sales_churn_snapshot
from . import sales_churn_model
from . import sales_subscription_churn
