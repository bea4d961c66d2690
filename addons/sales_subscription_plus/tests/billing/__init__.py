from . import test_batch
from . import test_invoice_at_once
from . import test_journal_items
