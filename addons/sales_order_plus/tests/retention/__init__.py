from . import test_offer_before_cancelling
