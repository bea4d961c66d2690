from . import test_interception
