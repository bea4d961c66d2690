from odoo.tests import tagged

from ...exceptions import ReturnError
from .common import ReturnCommon


@tagged("post_install", "-at_install")
class TestReturnFlow(ReturnCommon):
    """From the request to the credit note, by salesman and warehouse worker."""

    def test_two_of_six(self):
        """The example of the design: delivered 4 afterwards, and a credit for 2."""
        order = self._delivered(6, 6)
        self._invoice(order)
        one = self._authorised(order, 2)
        picking = one.sudo().picking_ids
        self.assertEqual(one.state, "authorised")
        self.assertEqual(picking.move_ids.product_uom_qty, 2)
        self.assertTrue(picking.move_ids.to_refund)
        self.assertEqual(picking.picking_type_id.code, "incoming")
        self.assertEqual(picking.location_dest_id, self.warehouse.lot_stock_id)
        self._receive(one)
        line = order.order_line
        self.assertEqual(one.state, "closed")
        self.assertEqual((line.qty_delivered, line.product_uom_qty), (4, 4))
        self.assertEqual((line.qty_returned, line.qty_invoiced), (2, 4))
        note = one.sudo().credit_note_ids
        self.assertEqual((note.move_type, note.state), ("out_refund", "posted"))
        self.assertEqual(note.amount_total, 200 * 1.19)
        self.assertEqual(one.credited_amount, 200 * 1.19)
        self.assertEqual(order.order_line.qty_to_invoice, 0)

    def test_credit_is_set_off_against_the_open_invoice(self):
        order = self._delivered(6, 6)
        invoice = self._invoice(order)
        one = self._settled(order, 2)
        note = one.sudo().credit_note_ids
        self.assertEqual(note.reversed_entry_id, invoice)
        self.assertEqual(note.amount_residual, 0)
        self.assertEqual(invoice.amount_residual, 400 * 1.19)

    def test_more_than_is_there_is_refused(self):
        order = self._delivered(6, 6)
        self._request(order, 2)
        with self.assertRaises(ReturnError) as caught, self.env.cr.savepoint():
            self._request(order, 5)
        self.assertEqual(caught.exception.context["rule"], "over_return")
        self.assertIn("4 Units can come back", str(caught.exception))
        self.assertEqual(order._get_returnable_quantities(), {order.order_line.id: 4})

    def test_what_came_back_without_asking_counts(self):
        order = self._delivered(6, 6)
        delivery = order.sudo().picking_ids
        wizard = self.env["stock.return.picking"].create({"picking_id": delivery.id})
        wizard.product_return_moves.quantity = 5
        wizard._create_return()
        self.assertEqual(order._get_returnable_quantities(), {order.order_line.id: 1})

    def test_only_with_authorisation(self):
        self._policy(return_authorised_only=True)
        order = self._delivered(6, 6)
        worker = self._new_user("tsop_back", "stock.group_stock_user")
        wizards = self.env["stock.return.picking"].with_user(worker)
        wizard = wizards.create({"picking_id": order.sudo().picking_ids.id})
        wizard.product_return_moves.quantity = 5
        with self.assertRaises(ReturnError) as caught, self.env.cr.savepoint():
            wizard.action_create_returns()
        self.assertEqual(caught.exception.context["rule"], "authorisation")
        self.assertIn(order.name, str(caught.exception))
        one = self._authorised(order, 2)
        self._receive(one)
        self.assertEqual(order.order_line.qty_delivered, 4)

    def test_backorder_is_not_shipped_again(self):
        """Ordered 10, shipped 6, 2 come back: 4 are still to come, and no more."""
        order = self._delivered(10, 6)
        self._invoice(order)
        line = order.order_line
        one = self._authorised(order, 2)
        self.assertEqual(self._open_to_customer(order), 4)
        self._receive(one)
        self.assertEqual(self._open_to_customer(order), 4)
        self.assertEqual((line.product_uom_qty, line.qty_delivered), (8, 4))
        self.assertEqual(line.sudo()._get_qty_procurement(), 8)
        need = line.sudo()._get_open_need()
        reserved = sum(self._moves(order).mapped("quantity"))
        self.assertEqual(need, 4 - reserved)
        self._deliver(order, 4)
        self.assertEqual((line.qty_delivered, order.delivery_status), (8, "full"))
        self.assertEqual(order.sudo()._get_invoiceable_lines(), line)
        self._invoice(order)
        self.assertEqual((line.qty_invoiced, line.qty_to_invoice), (8, 0))

    def test_change_while_goods_are_on_their_way(self):
        """Until it is settled, what comes back is not procured again by a change."""
        for receive in (False, True):
            self.env["sales.change.policy"].search([]).active = False
            self._policy(return_inspection=True)
            order = self._delivered(10, 6)
            one = self._authorised(order, 2)
            if receive:
                self._receive(one)
                self.assertEqual(one.state, "received")
            order.order_line.product_uom_qty = 11
            self.assertEqual(self._open_to_customer(order), 5)

    def _open_to_customer(self, order):
        moves = self._moves(order).filtered(
            lambda move: move.location_dest_id.usage == "customer"
        )
        return sum(moves.mapped("product_uom_qty"))

    def test_fewer_came(self):
        order = self._delivered(6, 6)
        self._invoice(order)
        one = self._authorised(order, 3)
        self._receive(one, 1)
        self.assertEqual(one.state, "closed")
        self.assertEqual(one.line_ids.received_quantity, 1)
        self.assertEqual(one.sudo().credit_note_ids.amount_total, 119)
        self.assertEqual(order.order_line.qty_delivered, 5)
        self.assertEqual(order._get_returnable_quantities(), {order.order_line.id: 5})

    def test_ordered_quantities_are_invoiced(self):
        """Ordered and invoiced 10, delivered 6, returned 2: 2 are credited."""
        self.product.invoice_policy = "order"
        order = self._delivered(10, 6)
        self._invoice(order)
        one = self._settled(order, 2)
        self.assertEqual(one.credited_amount, 238)
        line = order.order_line
        self.assertEqual((line.product_uom_qty, line.qty_invoiced), (8, 8))

    def test_not_invoiced_is_not_credited(self):
        order = self._delivered(6, 6)
        one = self._settled(order, 2)
        self.assertFalse(one.sudo().credit_note_ids)
        self.assertEqual((one.state, order.order_line.qty_to_invoice), ("closed", 4))

    def test_full_return(self):
        order = self._delivered(6, 6)
        self._invoice(order)
        self._settled(order, 6)
        self.assertEqual(order.order_line.product_uom_qty, 0)
        self.assertEqual(order.delivery_status, "full")
        self.assertEqual(order.amount_total, 0)

    def test_order_stays_delivered_while_goods_come_back(self):
        order = self._delivered(6, 6)
        self._authorised(order, 2)
        self.assertEqual(order.delivery_status, "full")

    def test_locked_order(self):
        order = self._delivered(6, 6)
        self._invoice(order)
        order.sudo().action_lock()
        one = self._settled(order, 2)
        self.assertEqual((one.state, order.locked), ("closed", True))
        self.assertEqual(order.order_line.product_uom_qty, 4)

    def test_under_change_control(self):
        self._control()
        order = self._delivered(6, 6)
        self._invoice(order)
        one = self._settled(order, 2)
        self.assertEqual(one.state, "closed")
        last = order.sudo().version_ids[:1]
        self.assertEqual(
            (last.cause, last.amount_total), ("return", order.amount_total)
        )

    def test_unit_of_the_line(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self._set_stock(self.product, 100)
        order = self._confirmed((self.product, 2))
        order.action_cancel()
        order.action_draft()
        order.order_line.product_uom_id = dozen
        order.action_confirm()
        self._flush()
        self._deliver_all(order)
        self._invoice(order)
        self.assertEqual(order.order_line.qty_delivered, 2)
        one = self._settled(order, 1)
        move = one.sudo().picking_ids.move_ids
        self.assertEqual(move.product_qty, 12)
        self.assertEqual((order.order_line.qty_delivered, one.state), (1, "closed"))

    def _deliver_all(self, order):
        picking = order.sudo().picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
        )
        picking.action_assign()
        picking.move_ids.picked = True
        picking.button_validate()
        self._flush()

    def test_replacement(self):
        """New goods go out, and nothing is invoiced twice."""
        order = self._delivered(10, 6)
        self._invoice(order)
        one = self._settled(order, 2, resolution="replacement")
        line = order.order_line
        self.assertEqual((one.state, line.product_uom_qty), ("closed", 10))
        self.assertEqual(self._open_to_customer(order), 6)
        self.assertFalse(one.sudo().credit_note_ids)
        self.assertEqual(line.sudo()._get_qty_procurement(), 10)
        while self._open_to_customer(order):
            self._deliver_all(order)
        self.assertEqual(line.qty_delivered, 10)
        self._invoice(order)
        self.assertEqual((line.qty_invoiced, line.qty_to_invoice), (10, 0))
        self.assertEqual(order._get_returnable_quantities(), {line.id: 10})

    def test_two_returns_one_after_the_other(self):
        order = self._delivered(6, 6)
        self._invoice(order)
        self._settled(order, 2)
        self._settled(order, 3)
        line = order.order_line
        self.assertEqual((line.product_uom_qty, line.qty_invoiced), (1, 1))
        self.assertEqual(sum(order.sudo().return_ids.mapped("credited_amount")), 595)

    def test_from_several_deliveries(self):
        order = self._delivered(10, 6)
        self._deliver(order, 4)
        one = self._authorised(order, 9)
        self.assertEqual(len(one.sudo().picking_ids), 2)
        first = one.sudo().picking_ids[0].with_user(self.storeman)
        first.move_ids.picked = True
        first.button_validate()
        self.assertEqual(one.state, "authorised")
        self._receive(one)
        self.assertEqual((one.state, one.line_ids.received_quantity), ("closed", 9))
