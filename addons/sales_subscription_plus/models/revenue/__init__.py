from . import res_company
from . import sale_order_line
from . import account_move_line
from . import account_move
from . import sales_revenue_schedule
from . import sales_revenue_schedule_line
from . import sales_revenue_schedule_plan
from . import sales_subscription
