from . import sales_approval_report
from . import sales_approval_kpi
