from . import test_cancellation
from . import test_cancel_gate
