from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestPartial(BackorderCommon):
    """A partial delivery keeps the record right."""

    def setUp(self):
        super().setUp()
        self._set_stock(self.product, 4)
        self.order = self._confirm((self.product, 10))
        self.backorder = self._find(self.order)

    def test_ship_four_of_ten(self):
        self._ship(self._pickings(self.order))
        self.assertFigures(
            self.backorder,
            ordered=10.0,
            delivered=4.0,
            open=6.0,
            reserved=0.0,
            short=6.0,
        )
        self.assertEqual(self.backorder.state, "open")
        rest = self._pickings(self.order)
        self.assertEqual(rest.backorder_id.sale_id, self.order)
        self.assertEqual(rest.move_ids.product_uom_qty, 6.0)

    def test_ship_in_three_parts(self):
        self._ship(self._pickings(self.order))
        self._receive(self.product, 5)
        self.assertFigures(self.backorder, open=6.0, reserved=5.0, short=1.0)
        self._ship(self._pickings(self.order))
        self.assertFigures(self.backorder, open=1.0, reserved=0.0, short=1.0)
        self._receive(self.product, 3)
        self.assertFigures(self.backorder, open=1.0, reserved=1.0, short=0.0)
        self.assertEqual(self.backorder.state, "filled")
        self.assertTrue(self.backorder.date_closed)
        self._ship(self._pickings(self.order))
        self.assertEqual(self.order.order_line.qty_delivered, 10.0)
        self.assertEqual(self.backorder.state, "filled")
        self.assertEqual(len(self._events("backorder.filled", self.backorder)), 1)

    def test_ship_less_than_reserved(self):
        self._ship(self._pickings(self.order), 1)
        self.assertFigures(self.backorder, open=9.0, reserved=3.0, short=6.0)

    def test_ship_more_than_reserved(self):
        """The storeman finds seven on the shelf: only three are missing."""
        self._ship(self._pickings(self.order), 7)
        self.assertFigures(self.backorder, delivered=7.0, open=3.0, short=3.0)

    def test_ship_all_of_it(self):
        self._ship(self._pickings(self.order), 10)
        self.assertRecordValues(
            self.backorder,
            [{"state": "filled", "qty_open": 0.0, "qty_short": 0.0}],
        )
        self.assertFalse(self.backorder.close_reason)

    def test_no_backorder_closes_it(self):
        """The rest is given up: closed truthfully, the ordered quantity untouched."""
        self._ship(self._pickings(self.order), 4, backorder=False)
        self.assertRecordValues(
            self.backorder,
            [
                {
                    "state": "cancelled",
                    "close_reason": "remainder",
                    "qty_open": 0.0,
                    "qty_short": 0.0,
                    "qty_unplanned": 0.0,
                }
            ],
        )
        line = self.order.order_line
        self.assertEqual((line.product_uom_qty, line.qty_delivered), (10.0, 4.0))
        event = self._events("backorder.cancelled", self.backorder)
        self.assertEqual(event.user_id, self.storeman)
        self.assertEqual(event.data["reason"], "remainder")

    def test_no_backorder_by_the_wizard(self):
        picking = self._pickings(self.order)
        action = picking.button_validate()
        wizard = (
            self.env["stock.backorder.confirmation"]
            .with_user(self.storeman)
            .with_context(**action["context"])
            .create({})
        )
        wizard.process_cancel_backorder()
        self._flush()
        self.assertEqual(self.backorder.close_reason, "remainder")

    def test_no_backorder_of_a_second_line(self):
        """A line of which nothing left is closed with its transfer, not unplanned."""
        other = self._new_product("Test Widget", 5.0, is_storable=True)
        self._set_stock(self.product, 5)
        order = self._confirm((self.product, 5), (other, 3))
        backorder = self._find(order, other)
        self._ship(self._pickings(order), backorder=False)
        self.assertRecordValues(
            backorder,
            [{"state": "cancelled", "close_reason": "remainder", "qty_unplanned": 0.0}],
        )

    def test_remainder_then_more_ordered(self):
        """After "no backorder" a raised quantity is delivered by a new transfer."""
        self._ship(self._pickings(self.order), 4, backorder=False)
        self.order.order_line.product_uom_qty = 12
        self._flush()
        again = self._find(self.order)
        self.assertNotEqual(again, self.backorder)
        # Odoo counts the six given up as to be delivered again.
        planned = self._pickings(self.order).move_ids
        self.assertFigures(again, open=sum(planned.mapped("product_uom_qty")))

    def test_returned_goods_are_no_shortage(self):
        self._receive(self.product, 6)
        picking = self._pickings(self.order)
        self._ship(picking)
        wizard = (
            self.env["stock.return.picking"]
            .with_user(self.storeman)
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.write({"quantity": 3.0, "to_refund": True})
        back = wizard._create_return()
        self._ship(back, 3)
        self.assertEqual(self.order.order_line.qty_delivered, 7.0)
        self.assertFalse(self._find(self.order))
