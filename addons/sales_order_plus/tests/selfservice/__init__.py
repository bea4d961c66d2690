from . import test_portal_help
from . import test_portal_status
