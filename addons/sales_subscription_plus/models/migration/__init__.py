from . import sales_plan_migration
from . import sales_subscription_change_migration
