from . import test_intake_dirt
from . import test_intake_files
from . import test_intake_rpc
