from . import test_proforma
