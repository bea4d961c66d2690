from odoo.tests import tagged

from odoo.addons.sales_order_plus.models.intake.intake_order import (
    IntakeLine,
    IntakeOptions,
    IntakeOrder,
)

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestIntakeLater(BackorderCommon):
    """Orders that come in together: what is short is known when goods are reserved."""

    def setUp(self):
        super().setUp()
        self._set_stock(self.product, 12)

    def _take_in(self, *quantities, later=True):
        """Take in orders of a salesman, as far as their commit."""
        batch = [
            IntakeOrder(
                key=f"L{number}",
                partner_id=self.customer.id,
                lines=[
                    IntakeLine(source=0, product_id=self.product.id, quantity=quantity)
                ],
            )
            for number, quantity in enumerate(quantities)
        ]
        options = IntakeOptions(
            self.company.id, self.salesman.id, allow_zero_price=True, confirm=True
        )
        engine = self.env["sales.order.intake"].with_user(self.salesman)
        engine._take_in(batch, options, reserve_later=later)
        self._flush()
        orders = engine.env["sale.order"].browse([order.order_id for order in batch])
        self.assertEqual(set(orders.mapped("state")), {"sale"})
        return orders

    def _describe(self, orders):
        """Return {order number: [(state, priority, quantities of its transfer)]}."""
        return {
            order.intake_key: [
                (picking.state, picking.priority, sorted(moves.mapped("quantity")))
                for picking in self._pickings(order)
                for moves in picking.move_ids
            ]
            for order in orders
        }

    def assertSame(self, *quantities):
        """Assert that all is as if goods were reserved at once; return the orders."""
        found = {}
        with self.env.cr.savepoint() as savepoint:
            found = self._describe(self._take_in(*quantities, later=False))
            savepoint.rollback()
        self.env.invalidate_all(flush=False)
        orders = self._take_in(*quantities)
        self._commit()
        self.assertEqual(self._describe(orders), found)
        return orders

    def test_opened_once(self):
        """Nothing is short as long as nobody had a turn; then what is, is so once."""
        orders = self._take_in(8, 10)
        states = ("open", "filled", "cancelled")
        self.assertFalse(self._find(orders, states=states))
        self._commit()
        backorder = self._find(orders, states=states)
        self.assertEqual(len(backorder), 1)
        self.assertEqual(backorder.qty_short, 6)
        event = self._events("backorder.opened", backorder)
        self.assertEqual(event.user_id, self.salesman)
        self.assertFalse(self._events("backorder.filled", backorder))

    def test_as_if_at_once(self):
        orders = self.assertSame(8, 10, 3)
        self.assertEqual(sum(orders.sudo().picking_ids.move_ids.mapped("quantity")), 12)

    def test_policy_of_the_customer(self):
        self.customer.customer_class = "vip"
        self.env["sales.backorder.policy"].with_user(self.manager).create(
            {"name": "Test VIP", "customer_class": "vip", "on_confirm": "split"}
        )
        orders = self.assertSame(8, 10)
        # The one that is short is in two parts.
        self.assertEqual(len(self._pickings(orders)), 3)

    def test_policy_of_a_locked_order(self):
        """Locking a confirmed order does not stop what its customer wants."""
        self.env["res.config.settings"].create(
            {"group_auto_done_setting": True}
        ).execute()
        self.customer.customer_class = "vip"
        self.env["sales.backorder.policy"].with_user(self.manager).create(
            {"name": "Test VIP", "customer_class": "vip", "on_confirm": "hold"}
        )
        order = self._take_in(20)
        self.assertTrue(order.locked)
        self._commit()
        self.assertEqual(order.picking_policy, "one")
        self.assertEqual(order.sudo().picking_ids.move_type, "one")

    def test_by_rank(self):
        """Others with a higher rank keep what they have; the batch gets the rest."""
        waiting = self._confirm((self.product, 20))
        self.assertEqual(self._find(waiting).qty_reserved, 12)
        orders = self._take_in(3)
        self._commit()
        self.assertFigures(self._find(orders), open=3.0, reserved=0.0, short=3.0)
