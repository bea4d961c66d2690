from . import test_change_api
from . import test_change_apply
from . import test_change_guard
from . import test_change_impact
from . import test_change_policy
from . import test_change_state
from . import test_change_steps
from . import test_order_version
