from . import portal_backorder
