from odoo.tests import HttpCase, tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestTours(BackorderCommon, HttpCase):
    """The screens, in a browser."""

    def setUp(self):
        super().setUp()
        for user in (self.salesman, self.storeman):
            user.password = user.login
        self._set_stock(self.product, 4)
        self.order = self._confirm((self.product, 10), client_order_ref="TOUR-BO")
        self.receipt = self._plan_receipt(self.product, 5, days=5)

    def test_storeman(self):
        """List, priority, form with its explanation, transfer."""
        self.start_tour(
            "/odoo/backorders", "sales_backorder_plus_storeman", login="tsop_sto"
        )
        backorder = self._find(self.order)
        self.assertEqual(backorder.priority, "3")
        self.assertEqual(backorder.note, "Call before shipping")
        self.assertEqual(self._pickings(self.order).priority, "1")

    def test_salesman(self):
        """The counter above the orders filters them; the smart button opens it."""
        self.start_tour(
            "/odoo/order-desk", "sales_backorder_plus_salesman", login="tsop_sam"
        )
