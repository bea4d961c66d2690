from . import test_line_api
from . import test_line_cargo
from . import test_line_delivery
from . import test_line_entry
from . import test_line_price
from . import test_line_quantity
from . import test_line_source
from . import test_line_tax
