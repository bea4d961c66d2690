from . import test_retention
from . import test_return_flow
