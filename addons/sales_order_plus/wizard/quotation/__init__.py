from . import sales_quotation_extend
from . import sales_quotation_revise
from . import sales_quotation_lost
from . import sales_quotation_batch
from . import sales_quotation_batch_line
from . import sales_quotation_compare
from . import sales_counter_offer_refuse
