from . import sales_channel_quota
from . import sales_channel_quota_mark
from . import sales_channel_quota_use
from . import stock_move_quota
from . import sales_backorder_quota
from . import sales_backorder_run_quota
