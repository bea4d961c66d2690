from odoo.tests import tagged

from ...exceptions import CancellationError
from .common import CancellationCommon


@tagged("post_install", "-at_install")
class TestCancelPaths(CancellationCommon):
    """The mass wizard and programs name a reason; what is freed serves others."""

    def _wizard(self, orders, **values):
        wizard = self.env["sale.mass.cancel.orders"].with_user(self.salesman)
        return wizard.create({"sale_order_ids": orders.ids, **values})

    def test_mass_wizard(self):
        self._control_cancel()
        orders = self._confirmed() | self._confirmed()
        with self.assertRaises(CancellationError), self.cr.savepoint():
            self._wizard(orders).action_mass_cancel()
        self._wizard(orders, reason_id=self.reason.id).action_mass_cancel()
        self._flush()
        self.assertEqual(orders.mapped("state"), ["cancel", "cancel"])
        self.assertEqual(orders.cancel_reason_id, self.reason)
        self.assertEqual(len(orders.cancellation_ids), 2)

    def test_mass_wizard_of_plain_odoo(self):
        order = self._confirmed()
        self._wizard(order).action_mass_cancel()
        self.assertEqual(order.state, "cancel")
        self.assertFalse(order.cancellation_ids)

    def test_program(self):
        order = self._confirmed((self.product, 10))
        api = self.env["sales.order.api"].with_user(self.salesman)
        asked = {
            "name": order.name,
            "reason": "changed_mind",
            "lines": {str(order.order_line.id): 4},
        }
        seen = api.preview_cancellation(**asked)
        self.assertFalse(order.cancellation_ids)
        self.assertEqual(order.order_line.product_uom_qty, 10)
        done = api.cancel_order(**asked)
        self._flush()
        self.assertEqual(order.order_line.product_uom_qty, 6)
        self.assertEqual(seen["impact"]["after"], done["impact"]["after"])
        self.assertEqual(
            api.get_cancellation(number=done["number"])["state"], "applied"
        )

    def test_freed_goods_serve_others(self):
        first = self._confirmed((self.product, 20))
        first.sudo().picking_ids.action_assign()
        second = self._confirmed((self.product, 5))
        waiting = second.sudo().picking_ids
        waiting.action_assign()
        self.assertNotEqual(waiting.state, "assigned")
        cancellation = self._new_cancellation(first, {0: 6})
        cancellation.action_preview()
        (row,) = cancellation.impact["inventory"]
        self.assertEqual((row["quantity"], row["reserved"]), (6, 6))
        self.assertEqual(row["serves"][0]["order"], second.name)
        self.assertEqual(row["serves"][0]["quantity"], 5)
        cancellation.action_cancel_now()
        self._flush()
        self.assertEqual(waiting.state, "assigned")
