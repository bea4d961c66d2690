from . import test_mobile_api
from . import test_portal_cancel
from . import test_portal_change
from . import test_portal_help
from . import test_portal_return
from . import test_portal_special
from . import test_portal_status
from . import test_selfservice_tours
