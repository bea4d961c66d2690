from . import test_cancellation
from . import test_cancel_gate
from . import test_cancel_window
from . import test_cancel_mail
from . import test_cancel_money
from . import test_cancel_paths
from . import test_cancel_race
