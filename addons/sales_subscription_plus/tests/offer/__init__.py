from . import test_substitute
from . import test_preference
from . import test_campaign
from . import test_recommendation
