from . import sales_party_clearance_wizard
