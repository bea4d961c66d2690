from . import sales_approval_decision
from . import sales_approval_override
