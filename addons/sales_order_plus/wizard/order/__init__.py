from . import sales_order_clone
from . import sales_order_merge
from . import sales_order_split
from . import sales_order_split_line
from . import sales_order_history
from . import sales_order_tag
from . import sales_phone_call
