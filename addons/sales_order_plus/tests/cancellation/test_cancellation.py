from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...exceptions import (
    AppendOnlyError,
    CancellationError,
    ChangeError,
    OwnFieldError,
)
from .common import CancellationCommon


@tagged("post_install", "-at_install")
class TestCancellation(CancellationCommon):
    """Whole orders and lines: what is open goes, what is delivered stays."""

    def test_lines(self):
        order = self._confirmed((self.product, 5), (self.product, 3), (self.other, 10))
        lines = order.order_line
        data = order.with_user(self.salesman).action_request_cancellation(
            {str(lines[1].id): 3, str(lines[2].id): 4}, "changed_mind"
        )
        self._flush()
        self.assertEqual(data["state"], "applied")
        self.assertEqual(order.state, "sale")
        self.assertEqual(lines.mapped("product_uom_qty"), [5, 0, 6])
        self.assertEqual(lines.mapped("qty_cancelled"), [0, 3, 4])
        self.assertEqual(order.cancel_state, "partial")
        self.assertEqual(order.cancel_reason_id, self.reason)
        moves = self._moves(order)
        self.assertEqual(
            sorted((m.sale_line_id.id, m.product_uom_qty) for m in moves),
            [(lines[0].id, 5), (lines[2].id, 6)],
        )
        self._assert_no_return(order)

    def test_whole_order(self):
        order = self._confirmed((self.product, 5), (self.other, 2))
        cancellation = self._cancelled(order)
        self.assertEqual(cancellation.state, "applied")
        self.assertEqual(order.state, "cancel")
        self.assertEqual(order.cancel_state, "full")
        self.assertTrue(order.cancelled_on)
        self.assertEqual(order.order_line.mapped("qty_cancelled"), [5, 2])
        self.assertFalse(self._moves(order))
        self.assertEqual(cancellation.amount, 740)
        order.with_user(self.salesman).action_draft()
        self._flush()
        self.assertEqual(order.cancel_state, "none")
        self.assertEqual(order.order_line.mapped("qty_cancelled"), [0, 0])

    def test_all_lines_are_the_whole_order(self):
        order = self._confirmed((self.product, 5), (self.other, 2))
        cancellation = self._cancelled(order, {0: 5, 1: 2})
        self.assertEqual(cancellation.kind, "full")
        self.assertEqual((order.state, order.cancel_state), ("cancel", "full"))
        self.assertEqual(order.order_line.mapped("qty_cancelled"), [5, 2])

    def test_quotation(self):
        order = self._new_order((self.product, 1))
        cancellation = self._cancelled(order)
        self.assertEqual((cancellation.state, order.state), ("applied", "cancel"))

    def test_locked_order(self):
        order = self._confirmed((self.product, 5))
        order.action_lock()
        self._cancelled(order, {0: 2})
        self.assertTrue(order.locked)
        self.assertEqual(self._open(order), 3)

    def test_partly_delivered(self):
        order = self._confirmed((self.product, 10))
        self._deliver(order, 4)
        with self.assertRaises(CancellationError) as caught, self.cr.savepoint():
            self._cancelled(order)
        self.assertEqual(caught.exception.context["rule"], "delivered")
        self.assertIn("return", str(caught.exception))
        with self.assertRaises(CancellationError) as caught, self.cr.savepoint():
            self._cancelled(order, {0: 7})
        self.assertIn("6 of", str(caught.exception))
        self._cancelled(order, {0: 6})
        self.assertEqual(order.order_line.product_uom_qty, 4)
        self.assertEqual(order.state, "sale")
        self.assertFalse(self._moves(order))
        self._assert_no_return(order)

    def test_picked_goods(self):
        order = self._confirmed((self.product, 5))
        order.sudo().picking_ids.move_ids.picked = True
        for quantities in (None, {0: 1}):
            with self.assertRaises(ChangeError) as caught, self.cr.savepoint():
                self._cancelled(order, quantities)
            self.assertEqual(caught.exception.context["rule"], "picked")

    def test_impact_is_what_happens(self):
        for quantities in (None, {0: 4}, {0: 10, 1: 1}):
            order = self._confirmed((self.product, 10), (self.other, 2))
            cancellation = self._new_cancellation(order, quantities)
            cancellation.action_preview()
            self.assertEqual(order.state, "sale")
            self.assertEqual(order.order_line[0].product_uom_qty, 10)
            cancellation.action_cancel_now()
            self._flush()
            self.assertEqual(cancellation.impact["after"], cancellation.result)
            self.assertNotEqual(cancellation.impact["before"], cancellation.result)

    def test_pending(self):
        order = self._confirmed()
        cancellation = self._new_cancellation(order, {0: 2})
        cancellation.action_submit()
        self._flush()
        self.assertEqual(order.cancel_state, "pending")
        self.assertEqual(order.state, "sale")
        cancellation.action_refuse(reason="Made already")
        self._flush()
        self.assertEqual(order.cancel_state, "none")
        with self.assertRaises(AppendOnlyError), self.cr.savepoint():
            cancellation.note = "No"
        with self.assertRaises(CancellationError), self.cr.savepoint():
            cancellation.action_apply()

    def test_reason_is_needed(self):
        order = self._confirmed()
        cancellation = self._new_cancellation(order, reason=False)
        with self.assertRaises(CancellationError) as caught, self.cr.savepoint():
            cancellation.action_submit()
        self.assertEqual(caught.exception.context["field"], "reason_id")
        cancellation.write(
            {"reason_id": self.env.ref("sales_order_plus.cancel_reason_other").id}
        )
        cancellation.note = False
        with self.assertRaises(CancellationError) as caught, self.cr.savepoint():
            cancellation.action_submit()
        self.assertEqual(caught.exception.context["field"], "note")

    def test_nothing_by_hand(self):
        order = self._confirmed()
        cancellation = self._new_cancellation(order)
        with self.assertRaises(OwnFieldError), self.cr.savepoint():
            cancellation.state = "applied"
        line = order.with_user(self.salesman).order_line
        with self.assertRaises(OwnFieldError), self.cr.savepoint():
            line.qty_cancelled = 3
        stranger = self._new_user("tsop_can", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError), self.cr.savepoint():
            order.with_user(stranger).action_request_cancellation(None, "price")
