from odoo.fields import Command
from odoo.tests import tagged

from ...exceptions import GuardError, SplitError
from ..seam.common import GuardCommon


@tagged("post_install", "-at_install")
class TestSaleOrderSplitConfirmed(GuardCommon):
    """Of a confirmed order goes what is neither delivered nor invoiced."""

    def _confirmed(self, *lines, **values):
        order = self._new_order(*lines or ((self.product, 10),), **values)
        order.action_confirm()
        self.env.flush_all()
        return order

    def _split(self, order, quantity, line=None):
        self.env.invalidate_all()
        line = line or order.order_line[:1]
        return order._split([{line: quantity}])

    def _refused(self, order, quantity, rule):
        before = order.order_line.mapped("product_uom_qty")
        moves = self._open_quantity(order)
        with self.assertRaises(SplitError) as refusal, self.env.cr.savepoint():
            self._split(order, quantity)
        self.assertEqual(refusal.exception.context["rule"], rule)
        self.env.invalidate_all()
        self.assertEqual(order.order_line.mapped("product_uom_qty"), before)
        self.assertEqual(self._open_quantity(order), moves)
        self.assertFalse(order.child_order_ids)

    def _open_moves(self, order):
        return order.sudo().order_line.move_ids.filtered(
            lambda m: m.state not in ("done", "cancel")
        )

    def _open_quantity(self, order):
        return sum(self._open_moves(order).mapped("product_uom_qty"))

    def _returns(self, order):
        moves = order.sudo().order_line.move_ids.filtered(lambda m: m.state != "cancel")
        return moves.filtered(lambda m: m.location_id.usage == "customer")

    def _deliver(self, order, quantity):
        picking = order.sudo().picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
        )[:1]
        picking.action_assign()
        for move in picking.move_ids:
            move.write({"quantity": quantity, "picked": True})
        action = picking.button_validate()
        if isinstance(action, dict):
            wizard = self.env[action["res_model"]].with_context(**action["context"])
            wizard.create({}).process()

    def test_open_quantity_moves(self):
        order = self._confirmed()
        total = order.amount_total
        new = self._split(order, 4)
        self.assertEqual(new.state, "sale")
        self.assertEqual(order.order_line.product_uom_qty, 6)
        self.assertEqual(new.order_line.product_uom_qty, 4)
        self.assertEqual(self._open_quantity(order), 6)
        self.assertEqual(self._open_quantity(new), 4)
        self.assertFalse(self._returns(order))
        self.assertEqual(order.amount_total + new.amount_total, total)

    def test_only_what_is_not_delivered(self):
        self._set_stock(self.product, 20)
        order = self._confirmed()
        self._deliver(order, 3)
        self.assertEqual(order.order_line.qty_delivered, 3)
        self._refused(order, 8, "movable")
        new = self._split(order, 7)
        self.assertEqual(order.order_line.product_uom_qty, 3)
        self.assertEqual(self._open_quantity(order), 0)
        self.assertEqual(self._open_quantity(new), 7)
        self.assertFalse(self._returns(order))
        self.assertEqual(order.delivery_status, "full")

    def test_only_what_is_not_invoiced(self):
        self.service.invoice_policy = "order"
        order = self._confirmed((self.service, 10))
        invoice = order.sudo()._create_invoices()
        self.assertEqual(order.order_line.qty_invoiced, 10)
        self._refused(order, 1, "movable")
        invoice.invoice_line_ids.quantity = 4
        self.env.flush_all()
        self.assertEqual(self._split(order, 6).order_line.product_uom_qty, 6)

    def test_two_steps(self):
        self.warehouse.delivery_steps = "pick_ship"
        self._set_stock(self.product, 20)
        order = self._confirmed()
        new = self._split(order, 4)
        for part, quantity in ((order, 6), (new, 4)):
            moves = self._open_moves(part)
            self.assertEqual(moves.location_id, self.warehouse.lot_stock_id)
            self.assertEqual(sum(moves.mapped("product_uom_qty")), quantity)
            self.assertFalse(self._returns(part))
        self._deliver(order, 6)
        self._deliver(order, 6)
        self.assertEqual(order.order_line.qty_delivered, 6)

    def test_picked_goods_stay(self):
        """What left the shelf belongs to this order: no return out of nothing."""
        self.warehouse.delivery_steps = "pick_ship"
        self._set_stock(self.product, 20)
        order = self._confirmed()
        self._deliver(order, 8)
        self.env.flush_all()
        self._refused(order, 5, "picked")

    def test_pull_chain(self):
        """Old style: all steps planned at once; every step becomes less."""
        order, moves = self._pull_chain()
        self.assertEqual(len(moves), 2)
        new = self._split(order, 4)
        self.env.invalidate_all()
        self.assertEqual(moves.mapped("product_uom_qty"), [6, 6])
        self.assertFalse(self._returns(order))
        self.assertEqual(new.state, "sale")
        # One more afterwards still finds its way into the same transfers.
        order.order_line.product_uom_qty = 7
        self.assertFalse(self._returns(order))

    def _pull_chain(self):
        """Return an order whose delivery waits for a move that is planned already."""
        self.product.invoice_policy = "order"
        order = self._confirmed()
        last = self._open_moves(order)
        shelf = self.env["stock.location"].create(
            {"name": "Reserve", "location_id": self.warehouse.view_location_id.id}
        )
        first = self.env["stock.move"].create(
            {
                "product_id": self.product.id,
                "product_uom_qty": 10,
                "location_id": shelf.id,
                "location_dest_id": last.location_id.id,
                "picking_type_id": self.warehouse.int_type_id.id,
                "move_dest_ids": [Command.set(last.ids)],
            }
        )
        first._action_confirm()
        last.procure_method = "make_to_order"
        self.env.flush_all()
        return order, last | first

    def test_bought_for_it(self):
        order, moves = self._pull_chain()
        moves[1].location_id = self.env.ref("stock.stock_location_suppliers")
        self.env.flush_all()
        self._refused(order, 4, "made_to_order")

    def test_down_payment_stays_covered(self):
        order = self._confirmed()
        self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [Command.set(order.ids)],
                "advance_payment_method": "percentage",
                "amount": 50,
            }
        ).create_invoices()
        order.sudo().invoice_ids.action_post()
        self.assertEqual(order.sudo().invoice_ids.amount_untaxed, 500)
        self._refused(order, 6, "paid")
        new = self._split(order, 5)
        self.assertFalse(new.order_line.filtered("is_downpayment"))
        self.assertTrue(order.order_line.filtered("is_downpayment"))
        self.assertEqual(order.amount_total + new.amount_total, 1000)

    def test_rewards_and_freight_stay_as_agreed(self):
        carrier = self.env["delivery.carrier"].create(
            {"name": "Test carrier", "fixed_price": 7, "product_id": self.service.id}
        )
        order = self._new_order((self.product, 10))
        order.set_delivery_line(carrier, 7)
        order.action_confirm()
        total = order.amount_total
        new = self._split(order, 4)
        self.assertFalse(new.order_line.filtered("is_delivery"))
        self.assertEqual(new.carrier_id, carrier)
        self.assertEqual(order.amount_total + new.amount_total, total)

    def test_all_lines_may_go(self):
        """The order stays at zero: lines of an order are never deleted."""
        order = self._confirmed()
        self._split(order, 10)
        self.assertEqual(order.order_line.product_uom_qty, 0)
        self.assertEqual(self._open_quantity(order), 0)

    # === The gate === #

    def test_a_part_passes_the_gate(self):
        """What stands against the part refuses the whole split."""
        order = self._confirmed()
        self._stop_orders(severity="approve")
        with self.assertRaises(GuardError), self.env.cr.savepoint():
            self._split(order, 4)
        self.env.invalidate_all()
        self.assertEqual(order.order_line.product_uom_qty, 10)
        self.assertEqual(self._open_quantity(order), 10)
        self.assertFalse(order.child_order_ids)

    def test_amending_passes_the_gate(self):
        order = self._confirmed()
        self._stop_orders(operations=("amend",))
        with self.assertRaises(GuardError), self.env.cr.savepoint():
            self._split(order, 4)
        self.env.invalidate_all()
        self.assertEqual(order.order_line.product_uom_qty, 10)
