from . import exchange
from . import portal_backorder
