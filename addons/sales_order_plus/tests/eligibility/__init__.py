from . import test_license
from . import test_status
