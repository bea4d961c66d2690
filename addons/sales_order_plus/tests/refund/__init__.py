from . import test_refund
from . import test_refund_faults
from . import test_refund_amounts
from . import test_refund_race
