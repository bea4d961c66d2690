from . import sales_fee_waiver
