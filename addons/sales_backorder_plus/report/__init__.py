from . import sales_vendor_performance
