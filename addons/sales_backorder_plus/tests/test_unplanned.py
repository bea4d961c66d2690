from odoo.tests import tagged

from odoo.addons.sales_order_plus.exceptions import SalesError

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestUnplanned(BackorderCommon):
    """Somebody cancels a transfer: the order stays, nothing would ever leave."""

    def test_salesman_cancels_the_delivery(self):
        """Also where all was in stock."""
        self._set_stock(self.product, 5)
        order = self._confirm((self.product, 5))
        self._pickings(order).with_user(self.salesman).action_cancel()
        self._flush()
        backorder = self._find(order)
        self.assertFigures(backorder, open=0.0, unplanned=5.0, short=5.0)
        self.assertRecordValues(
            backorder, [{"date_source": "no_delivery", "date_expected": False}]
        )
        self.assertIn("5 Units: the delivery was cancelled", backorder.supply_note)
        self.assertTrue(backorder.date_promised)

    def test_plan_delivery(self):
        order = self._confirm((self.product, 5))
        backorder = self._find(order)
        self._pickings(order).action_cancel()
        self._flush()
        self.assertFigures(backorder, open=0.0, unplanned=5.0, short=5.0)
        backorder.with_user(self.salesman).action_plan_delivery()
        self._flush()
        self.assertFigures(backorder, open=5.0, unplanned=0.0, short=5.0)
        self.assertEqual(self._pickings(order).move_ids.product_uom_qty, 5.0)
        self._receive(self.product, 5)
        self.assertEqual(backorder.state, "filled")

    def test_plan_delivery_twice(self):
        """A second click plans nothing more."""
        order = self._confirm((self.product, 5))
        self._pickings(order).action_cancel()
        self._flush()
        backorder = self._find(order).with_user(self.salesman)
        backorder.action_plan_delivery()
        backorder.action_plan_delivery()
        self._flush()
        moves = self._pickings(order).move_ids
        self.assertEqual(sum(moves.mapped("product_uom_qty")), 5.0)

    def test_plan_delivery_of_a_locked_order(self):
        order = self._confirm((self.product, 5))
        self._pickings(order).action_cancel()
        order.sudo().locked = True
        self._flush()
        with self.assertRaisesRegex(SalesError, "the order is locked"):
            self._find(order).with_user(self.salesman).action_plan_delivery()

    def test_cancelled_after_a_part(self):
        self._set_stock(self.product, 4)
        order = self._confirm((self.product, 10))
        self._ship(self._pickings(order))
        self._pickings(order).action_cancel()
        self._flush()
        self.assertFigures(
            self._find(order), delivered=4.0, open=0.0, unplanned=6.0, short=6.0
        )

    def test_order_reduced_to_what_left(self):
        self._set_stock(self.product, 4)
        order = self._confirm((self.product, 10))
        backorder = self._find(order)
        self._ship(self._pickings(order))
        self._pickings(order).action_cancel()
        self._flush()
        order.order_line.product_uom_qty = 4
        self._flush()
        self.assertRecordValues(
            backorder,
            [{"state": "cancelled", "close_reason": "reduced", "qty_short": 0.0}],
        )

    def test_order_cancelled_without_open_moves(self):
        order = self._confirm((self.product, 5))
        backorder = self._find(order)
        self._pickings(order).action_cancel()
        self._flush()
        self.assertEqual(backorder.state, "open")
        order.with_user(self.manager).action_cancel()
        self._flush()
        self.assertEqual(backorder.close_reason, "order")
