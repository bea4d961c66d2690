from . import test_gate_paths
from . import test_validation_bypass
from . import test_validation_check_line
from . import test_validation_check_order
from . import test_validation_cost
from . import test_validation_engine
from . import test_validation_examples
from . import test_validation_race
