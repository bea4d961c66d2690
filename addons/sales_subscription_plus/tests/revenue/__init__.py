from . import test_revenue_tools
from . import test_revenue
from . import test_revenue_changes
from . import test_revenue_report
