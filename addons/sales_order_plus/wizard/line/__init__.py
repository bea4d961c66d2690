from . import sales_currency_change
