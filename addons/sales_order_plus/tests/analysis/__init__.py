from . import test_cancellation_report
