from . import sales_order_release_wizard
