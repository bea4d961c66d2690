from . import test_validation_engine
from . import test_validation_bypass
