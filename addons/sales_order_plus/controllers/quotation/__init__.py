from . import quotation_portal
from . import quotation_report
