from . import test_demand_tools
from . import test_adjust
