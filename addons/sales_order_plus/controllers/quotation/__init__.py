from . import quotation_portal
