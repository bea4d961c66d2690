from . import portal_selfservice
from . import portal_status
from . import portal_help
from . import portal_change
from . import portal_cancel
from . import portal_return
from . import portal_requests
