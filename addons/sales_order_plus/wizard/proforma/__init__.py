from . import sales_proforma_create
from . import sales_proforma_advance
from . import sales_export_set
