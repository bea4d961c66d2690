from . import sales_warranty_report
