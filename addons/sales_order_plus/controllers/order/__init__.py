from . import sale_portal_list
from . import sale_portal_reorder
from . import portal
