from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..seam.common import GuardCommon


@tagged("post_install", "-at_install")
class TestDesk(GuardCommon):
    def _get_count(self, key, user=None):
        desk = self.env["sale.order"].with_user(user or self.salesman).get_order_desk()
        return next(counter["count"] for counter in desk if counter["key"] == key)

    def test_on_hold(self):
        self._stop_orders(severity="approve")
        before = self._get_count("on_hold")
        self._new_order()._validate_order()
        self.assertEqual(self._get_count("on_hold"), before + 1)

    def test_own_orders_only(self):
        self._stop_orders(severity="approve")
        before = self._get_count("on_hold")
        self._new_order(user=self.colleague)._validate_order()
        self.assertEqual(self._get_count("on_hold"), before)

    def test_late(self):
        before = self._get_count("late")
        order = self._new_order((self.product, 1))
        order.action_confirm()
        self.assertEqual(self._get_count("late"), before)
        order.picking_ids.scheduled_date = fields.Datetime.now() - timedelta(days=2)
        self.assertEqual(self._get_count("late"), before + 1)
        order._action_cancel()
        self.assertEqual(self._get_count("late"), before)

    def test_counter_equals_its_filter(self):
        """What a click shows is what the number says."""
        order = self._new_order((self.product, 1))
        order.action_confirm()
        order.picking_ids.scheduled_date = fields.Datetime.now() - timedelta(days=2)
        orders = self.env["sale.order"].with_user(self.salesman)
        view = self.env.ref("sales_order_plus.sale_order_desk_view_search")
        arch = self.env["sale.order"].get_view(view.id, "search")["arch"]
        for counter in orders.get_order_desk():
            if name := counter.get("filter"):
                self.assertIn(f'name="{name}"', arch)

    def test_every_action_exists(self):
        for counter in self.env["sale.order"].get_order_desk():
            if action := counter.get("action"):
                self.assertEqual(self.env.ref(action)._name, "ir.actions.act_window")
