from . import sales_cancellation_report
from . import sales_change_report
