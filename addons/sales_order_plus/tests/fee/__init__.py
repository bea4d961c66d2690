from . import test_restocking_fee
from . import test_return_fee
