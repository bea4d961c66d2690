from . import test_churn_tools
from . import test_churn
