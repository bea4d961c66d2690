from . import test_charge
from . import test_unpaid_pause
