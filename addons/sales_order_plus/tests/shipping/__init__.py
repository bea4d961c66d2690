from . import test_delivery_hints
from . import test_insurance
from . import test_proof
from . import test_rates
from . import test_portal_address
from . import test_shipping_charge
