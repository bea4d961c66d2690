from odoo.tests import tagged

from .common import ProformaCommon


@tagged("post_install", "-at_install")
class TestProforma(ProformaCommon):
    def test_percent(self):
        order = self._new_order((self.product, 3), (self.service, 1))
        proforma = self._issue(order, percent=30)
        self.assertEqual(proforma.amount_total, 105.0)
