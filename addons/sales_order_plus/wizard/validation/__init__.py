from . import sales_validation_bypass_wizard
