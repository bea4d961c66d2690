from . import test_batch
from . import test_change_goods
from . import test_end_credit
from . import test_bill_again
from . import test_invoice_at_once
from . import test_journal_items
from . import test_cancelled_document
from . import test_credit_note
