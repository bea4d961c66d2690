from . import sales_cohort_report
from . import sales_revenue_report
from . import sales_subscription_kpi
