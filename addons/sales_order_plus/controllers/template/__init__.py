from . import order_spreadsheet
