from . import order_spreadsheet
from . import brand_logo
from . import recommendation
