from . import test_demand_tools
from . import test_adjust
from . import test_replenish
