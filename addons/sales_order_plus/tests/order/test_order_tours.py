from odoo.tests import HttpCase, tagged

from ..seam.common import GuardCommon


@tagged("post_install", "-at_install")
class TestTours(GuardCommon, HttpCase):
    def test_order_desk(self):
        """A salesperson clicks the counter and sees the order on hold."""
        self._stop_orders(severity="approve")
        self._new_order(client_order_ref="HELD-1")._validate_order()
        self._new_order(client_order_ref="FREE-1")
        self.start_tour(
            "/odoo/order-desk", "sales_order_plus_order_desk", login=self.salesman.login
        )
