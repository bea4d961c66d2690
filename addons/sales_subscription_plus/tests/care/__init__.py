from . import test_delivery_tools
from . import test_reminders
from . import test_alerts
from . import test_delivery
from . import test_feedback
from . import test_points
from . import test_season_portal
