from . import portal_selfservice
from . import portal_status
from . import portal_help
