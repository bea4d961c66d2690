from . import test_order_life
