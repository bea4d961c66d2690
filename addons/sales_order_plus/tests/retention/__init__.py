from . import test_offer_before_cancelling
from . import test_retention
