from . import test_delivery_hints
from . import test_insurance
from . import test_proof
from . import test_rates
