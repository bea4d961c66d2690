from . import test_portal_change
from . import test_portal_help
from . import test_portal_return
from . import test_portal_status
