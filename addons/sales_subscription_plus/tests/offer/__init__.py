from . import test_successor_choice
from . import test_preference
from . import test_campaign
from . import test_recommendation
