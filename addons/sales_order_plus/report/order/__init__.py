from . import sale_report_order
