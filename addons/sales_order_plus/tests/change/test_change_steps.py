from odoo.fields import Command
from odoo.tests import tagged

from ...exceptions import ChangeError
from .common import ChangeCommon


@tagged("post_install", "-at_install")
class TestChangeSteps(ChangeCommon):
    """Less of a line in every kind of chain: no step too many, no return."""

    def _lower(self, order, quantity):
        self._applied(order, self._quantity(order, quantity))
        self._assert_no_return(order)
        self.assertEqual(order.order_line[:1].product_uom_qty, quantity)

    def _finish(self, order, quantity):
        """Ship what is open, step by step."""
        for _step in range(4):
            if not self._moves(order):
                break
            move = self._moves(order)[:1]
            self._deliver(order, move.product_uom_qty)
        self.assertEqual(order.order_line[:1].qty_delivered, quantity)

    def test_two_and_three_steps(self):
        for steps in ("pick_ship", "pick_pack_ship"):
            with self.subTest(steps=steps):
                self.warehouse.delivery_steps = steps
                self._set_stock(self.product, 20)
                order = self._confirmed()
                self._lower(order, 6)
                self._applied(order, self._quantity(order, 8))
                self._assert_no_return(order)
                self._finish(order, 8)

    def test_after_another_date_in_two_steps(self):
        """Odoo would make a return: only the last step got the new deadline."""
        self.warehouse.delivery_steps = "pick_ship"
        order = self._confirmed()
        self._applied(order, "date")
        self._lower(order, 6)
        self._finish(order, 6)

    def test_half_picked_in_two_steps(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self._confirmed()
        self._deliver(order, 4)
        self._lower(order, 5)
        change = self._new_change(order, self._quantity(order, 3))
        with self.assertRaises(ChangeError) as refusal, self.env.cr.savepoint():
            change.action_submit()
        self.assertEqual(refusal.exception.context["rule"], "picked")
        self.assertIn("put it back", str(refusal.exception))
        self._finish(order, 5)

    def test_deadline_that_somebody_moved(self):
        order = self._confirmed()
        self._moves(order).date_deadline = self.later
        self._flush()
        self._lower(order, 6)
        self.assertEqual(self._open(order), 6)

    def test_move_that_waits_for_a_receipt(self):
        """What the reception report links: Odoo returns 4 and still ships 10."""
        order = self._confirmed((self.other, 30))
        incoming = self.env["stock.move"].create(
            {
                "product_id": self.other.id,
                "product_uom_qty": 10,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
            }
        )
        incoming._action_confirm()
        move = self._moves(order)
        move._do_unreserve()
        move.write(
            {
                "procure_method": "make_to_order",
                "move_orig_ids": [Command.link(incoming.id)],
            }
        )
        self._flush()
        self._lower(order, 24)
        self.assertEqual(self._open(order), 24)
        self.assertEqual(incoming.product_uom_qty, 10)
        self._applied(order, self._quantity(order, 25))
        self._assert_no_return(order)
        self.assertEqual(self._open(order), 25)

    def test_pull_chain(self):
        """Old style: all steps planned at once; each becomes less."""
        self.warehouse.delivery_steps = "pick_ship"
        rules = self.warehouse.delivery_route_id.rule_ids
        self.env["stock.rule"].create(
            {
                "name": "Pull to output",
                "action": "pull",
                "procure_method": "make_to_stock",
                "location_src_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": self.warehouse.wh_output_stock_loc_id.id,
                "picking_type_id": self.warehouse.pick_type_id.id,
                "route_id": self.warehouse.delivery_route_id.id,
                "warehouse_id": self.warehouse.id,
            }
        )
        pull = rules.filtered(lambda rule: rule.action == "pull")
        pull.write(
            {
                "location_src_id": self.warehouse.wh_output_stock_loc_id.id,
                "procure_method": "make_to_order",
                "picking_type_id": self.warehouse.out_type_id.id,
            }
        )
        order = self._confirmed()
        moves = self._moves(order)
        self.assertEqual(len(moves), 2)
        self._lower(order, 6)
        self.assertEqual(moves.mapped("product_uom_qty"), [6, 6])
        self._finish(order, 6)

    def test_reserved_is_what_is_open(self):
        order = self._confirmed((self.product, 10))
        self.assertEqual(sum(self._moves(order).mapped("quantity")), 10)
        for quantity in (7, 9, 3, 12, 5):
            self._applied(order, self._quantity(order, quantity))
            self.assertEqual(self._open(order), quantity)
            self.assertEqual(sum(self._moves(order).mapped("quantity")), quantity)
            self._assert_no_return(order)

    def test_in_dozens(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._new_order((self.product, 1))
        order.order_line.write({"product_uom_id": dozen.id, "product_uom_qty": 2})
        order.action_confirm()
        self._flush()
        self._lower(order, 1)
        moves = self._moves(order)
        self.assertEqual(sum(moves.mapped("product_qty")), 12)
