from . import sales_approval_report
from . import sales_approval_report_query
from . import sales_approval_kpi
from . import sales_approval_unapproved
from . import sales_approval_certificate
