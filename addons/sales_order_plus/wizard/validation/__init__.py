from . import sales_validation_bypass_wizard
from . import sales_validation_dry_run
