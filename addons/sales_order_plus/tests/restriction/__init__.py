from . import test_assortment
from . import test_compatibility
from . import test_denied_party
from . import test_denied_race
from . import test_embargo
from . import test_minimum_order
from . import test_shipping_restriction
