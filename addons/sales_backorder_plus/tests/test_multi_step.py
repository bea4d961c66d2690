from odoo.fields import Command
from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestMultiStep(BackorderCommon):
    """Deliveries in two and three steps, made to order, and sent by the vendor."""

    def _set_steps(self, steps):
        self.warehouse.delivery_steps = steps
        self._set_stock(self.product, 4)
        order = self._confirm((self.product, 10))
        return order, self._find(order)

    def test_two_steps(self):
        order, backorder = self._set_steps("pick_ship")
        self.assertEqual(len(order.sudo().picking_ids), 1, "only the pick exists yet")
        self.assertFigures(backorder, open=10.0, reserved=4.0, short=6.0)
        self._ship(self._pickings(order))
        # Four wait at the gate, six are still to be picked.
        self.assertEqual(len(self._pickings(order)), 2)
        self.assertFigures(backorder, open=10.0, reserved=4.0, short=6.0)
        out = self._pickings(order).filtered(
            lambda p: p.picking_type_code == "outgoing"
        )
        self._ship(out)
        self.assertFigures(backorder, delivered=4.0, open=6.0, reserved=0.0, short=6.0)
        self._receive(self.product, 6)
        self.assertEqual(backorder.state, "filled")
        self._ship(self._pickings(order))
        self._ship(self._pickings(order))
        self.assertEqual(order.order_line.qty_delivered, 10.0)
        self.assertEqual(backorder.state, "filled")

    def test_three_steps(self):
        order, backorder = self._set_steps("pick_pack_ship")
        self.assertFigures(backorder, open=10.0, reserved=4.0, short=6.0)
        self._ship(self._pickings(order))
        self.assertFigures(backorder, open=10.0, reserved=4.0, short=6.0)
        for code in ("internal", "outgoing"):
            step = self._pickings(order).filtered(
                lambda p, code=code: (
                    p.picking_type_code == code and p.state == "assigned"
                )
            )
            self._ship(step)
        self.assertFigures(backorder, delivered=4.0, open=6.0, reserved=0.0, short=6.0)

    def test_two_steps_no_backorder_at_the_pick(self):
        order, backorder = self._set_steps("pick_ship")
        self._ship(self._pickings(order), 4, backorder=False)
        self.assertEqual(backorder.state, "filled", "the four that go on are reserved")
        self._ship(self._pickings(order))
        self.assertEqual(order.order_line.qty_delivered, 4.0)
        self.assertFalse(self._find(order))

    def test_two_steps_by_rank(self):
        self.warehouse.delivery_steps = "pick_ship"
        first = self._find(self._confirm((self.product, 5)))
        second = self._find(self._confirm((self.product, 5)))
        second.priority = "3"
        self._receive(self.product, 5)
        self.assertEqual((first.qty_reserved, second.qty_reserved), (0.0, 5.0))
        pick = self._pickings(second.order_id)
        self.assertEqual(pick.priority, "1")
        self._ship(pick)
        out = self._pickings(second.order_id)
        self.assertEqual(out.picking_type_code, "outgoing")
        self.assertEqual(out.move_ids.allocation_rank, 2)

    def test_two_steps_expected_date(self):
        self.warehouse.delivery_steps = "pick_ship"
        backorder = self._find(self._confirm((self.product, 5)))
        self._plan_receipt(self.product, 5, days=6)
        self.assertRecordValues(
            backorder,
            [{"date_source": "receipt", "date_expected": self._in_days(6)}],
        )

    def test_two_steps_unreserved_at_the_gate(self):
        """Goods that were picked but are not reserved for the truck are in stock."""
        self.warehouse.delivery_steps = "pick_ship"
        self._set_stock(self.product, 5)
        order = self._confirm((self.product, 5))
        self._ship(self._pickings(order))
        self._pickings(order).do_unreserve()
        self._flush()
        backorder = self._find(order)
        self.assertFigures(backorder, open=5.0, reserved=0.0, short=5.0)
        self.assertEqual(backorder.date_source, "stock")

    def test_pulled_chain(self):
        """A chain made backwards: both moves exist at once and count once."""
        self.warehouse.delivery_steps = "pick_ship"
        self._set_stock(self.product, 4)
        order = self._confirm((self.product, 10))
        pick = order.sudo().order_line.move_ids
        out = pick.copy(
            {
                "location_id": pick.location_dest_id.id,
                "location_dest_id": pick.location_final_id.id,
                "procure_method": "make_to_order",
                "picking_type_id": self.warehouse.out_type_id.id,
                "picking_id": False,
                "move_orig_ids": [Command.link(pick.id)],
            }
        )
        out._action_confirm(merge=False)
        self._flush()
        self.assertEqual(out.state, "waiting")
        self.assertFigures(self._find(order), open=10.0, reserved=4.0, short=6.0)

    # === Made to order === #

    def _make_to_order(self):
        route = self.env.ref("stock.route_warehouse0_mto")
        route.active = True
        self._add_vendor(self.product, 3)
        self.product.route_ids = [Command.link(route.id)]

    def test_made_to_order_is_covered(self):
        self._make_to_order()
        order = self._confirm((self.product, 5))
        purchase = order.sudo()._get_purchase_orders()
        self.assertEqual(purchase.state, "draft")
        self.assertFalse(self._find(order), "a request of its own is on its way")
        purchase.button_confirm()
        self._flush()
        self.assertFalse(self._find(order))
        self._ship(purchase.picking_ids, 5)
        self.assertFalse(self._find(order))
        self._ship(self._pickings(order))
        self.assertEqual(order.order_line.qty_delivered, 5.0)

    def test_made_to_order_cancelled(self):
        """The purchase is gone: the line takes from stock like any other, and lacks."""
        self._make_to_order()
        order = self._confirm((self.product, 5))
        purchase = order.sudo()._get_purchase_orders()
        purchase.order_line.propagate_cancel = False
        purchase.button_cancel()
        self._flush()
        self.assertFigures(self._find(order), open=5.0, chained=0.0, short=5.0)

    def test_made_to_order_reduced(self):
        """The vendor confirms three of five: two are short."""
        self._make_to_order()
        order = self._confirm((self.product, 5))
        purchase = order.sudo()._get_purchase_orders()
        purchase.order_line.product_qty = 4
        self._flush()
        self.assertFigures(self._find(order), open=5.0, chained=4.0, short=1.0)
        purchase.order_line.product_qty = 3
        purchase.button_confirm()
        self._flush()
        self.assertFigures(self._find(order), open=5.0, chained=3.0, short=2.0)

    # === Sent by the vendor === #

    def test_dropshipping_is_covered(self):
        self._add_vendor(self.product, 3)
        # A salesperson cannot read vendor taxes of other companies.
        self.product.supplier_taxes_id = [Command.clear()]
        route = self.env.ref("stock_dropshipping.route_drop_shipping")
        self.product.route_ids = [Command.set(route.ids)]
        order = self._confirm((self.product, 5))
        purchase = order.sudo()._get_purchase_orders()
        purchase.button_confirm()
        self._flush()
        self.assertTrue(order.sudo().order_line.move_ids._is_bound_for_customer())
        self.assertFalse(self._find(order))
        self._ship(purchase.picking_ids, 2)
        self.assertFalse(self._find(order))
        self.assertEqual(order.order_line.qty_delivered, 2.0)
