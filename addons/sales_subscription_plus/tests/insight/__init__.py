from . import test_mrr_tools
from . import test_movements
from . import test_cohorts
from . import test_history
from . import test_currency
