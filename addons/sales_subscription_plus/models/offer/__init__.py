from . import sales_customer_preference
from . import sales_subscription_preference
from . import sales_subscription_successor_choice
from . import sales_subscription_campaign
from . import sales_subscription_recommendation
