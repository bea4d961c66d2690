from . import test_address
from . import test_age
from . import test_cost
from . import test_hazmat
from . import test_license
from . import test_status
