from . import test_desk
from . import test_lifecycle
from . import test_margin_leak
from . import test_order_tours
