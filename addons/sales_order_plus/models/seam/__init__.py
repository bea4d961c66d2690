from . import sales_own_fields
from . import sales_audit_event
from . import sales_audit_mixin
from . import sales_guard_mixin
from . import sale_order_guard
from . import sale_order_line_guard
from . import payment_transaction
from . import sales_order_api
