from . import portal_backorder
from . import stock_feed
