from . import sales_rate_comparison
