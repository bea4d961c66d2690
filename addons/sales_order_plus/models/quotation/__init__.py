from . import sale_order_signature
