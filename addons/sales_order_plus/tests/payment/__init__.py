from . import test_credit
from . import test_credit_race
from . import test_fraud
from . import test_gateway
from . import test_invoicing
from . import test_payment_status
from . import test_rate_lock
from . import test_tax_table
