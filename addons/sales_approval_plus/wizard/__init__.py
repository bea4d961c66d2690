from . import sales_approval_decision
