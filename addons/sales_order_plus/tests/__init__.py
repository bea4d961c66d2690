"""Tests by concern, one folder each as in ``models/``.

Odoo collects the modules named ``test_*`` of this package: each is listed here,
so a module's name must be unique over all folders.
"""

from .intake import test_intake_access
from .intake import test_intake_batch
from .intake import test_intake_confirm
from .intake import test_intake_dirt
from .intake import test_intake_duplicates
from .intake import test_intake_equal
from .intake import test_intake_equal_special
from .intake import test_intake_error_file
from .intake import test_intake_files
from .intake import test_intake_invariant
from .intake import test_intake_match
from .intake import test_intake_parse
from .intake import test_intake_queries
from .intake import test_intake_real_file
from .intake import test_intake_resume
from .intake import test_intake_rpc
from .intake import test_intake_rpc_file
from .intake import test_intake_wizard
from .order import test_desk
from .order import test_lifecycle
from .order import test_margin_leak
from .order import test_order_tours
from .seam import test_api
from .seam import test_audit
from .seam import test_confirm_order
from .seam import test_guard
from .seam import test_guard_customer
