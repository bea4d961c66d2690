from . import test_revenue_tools
from . import test_revenue
from . import test_revenue_changes
from . import test_revenue_report
from . import test_revenue_locked
from . import test_revenue_race
from . import test_revenue_tour
