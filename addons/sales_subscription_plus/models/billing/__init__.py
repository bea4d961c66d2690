from . import sales_subscription_plan_document
from . import account_move_line
from . import account_move
from . import sales_subscription_period_bill
from . import sales_subscription_invoice
from . import sales_subscription_journal_items
from . import sales_subscription_cron
