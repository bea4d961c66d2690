from odoo.tests import HttpCase, tagged

from .common import BackorderCommon
from .test_choice import ChoiceCommon


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

    def test_reallocation(self):
        """Somebody writes a policy; the storeman looks at a proposal and applies it."""
        self.manager.password = self.manager.login
        vip = self.env["res.partner"].create(
            {"name": "Tour VIP", "customer_class": "vip"}
        )
        self.start_tour(
            "/odoo/backorder-policies", "sales_backorder_plus_policy", login="tsop_man"
        )
        policy = self.env["sales.backorder.policy"].search([("name", "=", "Tour VIP")])
        self.assertEqual((policy.strategy, policy.customer_class), ("best", "vip"))
        order = self._confirm((self.product, 3), partner_id=vip.id)
        self.start_tour(
            "/odoo/backorder-runs",
            "sales_backorder_plus_reallocation",
            login="tsop_sto",
        )
        self.assertEqual(sum(order.sudo().order_line.move_ids.mapped("quantity")), 3.0)
        self.assertEqual(self._find(self.order).qty_reserved, 1.0)


@tagged("post_install", "-at_install")
class TestPhoneTours(ChoiceCommon, HttpCase):
    """What customers do on their phones."""

    browser_size = "390x844"
    touch_enabled = True

    def test_choose_by_link(self):
        """Who has the link chooses, changes his mind, and chooses again."""
        url = self.order.get_portal_url(suffix="/backorder")
        self.start_tour(url, "sales_backorder_plus_choose", login=None)
        choices = self.gadget.choice_ids.sorted("id")
        self.assertEqual(choices.mapped("state"), ["undone", "pending"])
        self.assertEqual(choices[-1].product_id, self.instead)
