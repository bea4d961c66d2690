from . import sales_decision_mixin
from . import res_partner_status
from . import sales_validation_rule_customer
from . import check_status
