from . import sales_quotation_analysis
