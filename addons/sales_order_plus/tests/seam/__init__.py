from . import test_api
from . import test_audit
from . import test_audit_chain
from . import test_confirm_order
from . import test_guard
from . import test_guard_customer
from . import test_own_fields
from . import test_retry_job
