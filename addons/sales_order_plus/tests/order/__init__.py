from . import test_desk
from . import test_lifecycle
from . import test_margin_leak
from . import test_order_tours
from . import test_sale_order_clone
from . import test_sale_order_links
from . import test_sale_order_split
from . import test_sale_order_split_exact
