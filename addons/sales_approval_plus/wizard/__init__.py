from . import sales_approval_bulk
from . import sales_approval_dashboard
from . import sales_approval_decision
from . import sales_approval_override
from . import sales_approval_preview
from . import sales_approval_decision_reason
from . import sales_approval_compliance
