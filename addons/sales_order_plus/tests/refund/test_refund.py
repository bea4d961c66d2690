from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RefundCommon


@tagged("post_install", "-at_install")
class TestRefund(RefundCommon):
    """What was really paid goes back through the provider, after the commit."""

    def test_four_of_ten(self):
        """Paid 1190, four of ten cancelled: 476 are credited, given back and booked."""
        order, invoice, transaction = self._paid()
        self.assertEqual(invoice.amount_residual, 0)
        one = self._cancelled(order, {0: 4})
        self.assertEqual(one.refund_amount, 476)
        refund = self._get_refunds(order)
        self.assertRecordValues(
            refund,
            [
                {
                    "state": "to_send",
                    "amount": 476,
                    "credited_amount": 476,
                    "cancellation_id": one.id,
                    "transaction_id": transaction.id,
                    "reference": f"R-{transaction.reference}-{one.name}",
                }
            ],
        )
        self.assertFalse(self.server.asked, "nobody is asked before the commit")
        self._send()
        self.assertEqual(self.server.asked, [(refund.reference, -476)])
        self.assertEqual((refund.state, refund.child_id.state), ("done", "done"))
        self._post_process(order)
        credit = self._get_credits(order)
        self.assertEqual((credit.state, credit.amount_residual), ("posted", 0))
        self.assertTrue(refund._is_booked())
        self.assertFalse(order.activity_ids)
        receivable = credit.line_ids.account_id.filtered(
            lambda one: one.account_type == "asset_receivable"
        )
        lines = self.env["account.move.line"].search(
            [("partner_id", "=", self.customer.id), ("account_id", "=", receivable.id)]
        )
        self.assertEqual(sum(lines.mapped("balance")), 0, "nobody owes anything")
        self._send()
        self.assertEqual(len(self.server.asked), 1)

    def test_customer_is_told_once(self):
        order, _invoice, _transaction = self._paid()
        self._cancelled(order, {0: 4})
        refund = self._get_refunds(order)
        self.assertFalse(self._mails_of(refund))
        for _again in range(2):
            self._send()
            self._post_process(order)
        mail = self._mails_of(refund)
        self.assertEqual(len(mail), 1)
        self.assertIn("476", mail.body_html)
        self.assertEqual(mail.recipient_ids, self.customer)

    def test_paid_and_never_invoiced(self):
        order = self._confirmed()
        self._pay_online(order)
        one = self._new_cancellation(order, {0: 4})
        one.action_preview()
        self.assertEqual(one.impact["money"]["refund"], 476)
        self.assertFalse(self._get_refunds(order))
        one.action_cancel_now()
        self._flush()
        refund = self._get_refunds(order)
        self.assertEqual((refund.amount, refund.credited_amount), (476, 0))
        self.assertFalse(refund.credit_note_id)
        self._send()
        self._post_process(order)
        self.assertTrue(refund._is_booked())
        self._cancelled(order)
        self.assertEqual(self._get_refunds(order).mapped("amount"), [476, 714])

    def test_without_outstanding_account(self):
        """The books do not know of payments before the bank statement."""
        self._book_on(self.env["account.account"])
        order = self._confirmed()
        invoice = self._invoiced(order)
        self._pay_online(order, invoices=invoice)
        self._cancelled(order, {0: 4})
        self.assertEqual(self._get_refunds(order).amount, 476)
        self._send()
        self._post_process(order)
        self._cancelled(order)
        self.assertEqual(self._get_refunds(order).mapped("amount"), [476, 714])

    def test_reserved_only(self):
        order = self._confirmed()
        transaction = self._pay_online(order, state="authorized")
        self._cancelled(order)
        refund = self._get_refunds(order)
        self.assertEqual((refund.kind, refund.amount), ("void", 1190))
        self._send()
        self.assertEqual((refund.state, transaction.state), ("done", "cancel"))
        self.assertFalse(self._get_credits(order))
        self.assertIn("reserved", self._mails_of(refund).body_html)

    def test_reserved_and_cancelled_in_part(self):
        order = self._confirmed()
        transaction = self._pay_online(order, state="authorized")
        self._cancelled(order, {0: 4})
        self._send()
        self.assertEqual(self._get_refunds(order).amount, 476)
        self.assertEqual(transaction.state, "authorized")
        self.assertEqual(transaction._get_payment_amounts().authorized, 714)

    def test_unpaid(self):
        order = self._confirmed()
        invoice = self._invoiced(order)
        self._cancelled(order, {0: 4})
        self.assertEqual(invoice.amount_residual, 714)
        self.assertFalse(self._get_refunds(order))

    def test_two_payments(self):
        """The newest first, none beyond what it brought; the bank's part by hand."""
        order = self._confirmed()
        invoice = self._invoiced(order)
        first = self._pay_online(order, 300, invoices=invoice)
        second = self._pay_online(order, 200, invoices=invoice)
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard.create({})._create_payments()
        self._cancelled(order)
        refunds = self._get_refunds(order)
        self.assertEqual(refunds.transaction_id, first | second)
        self.assertEqual(sum(refunds.mapped("amount")), 500)
        self.assertIn("690", order.activity_ids.summary)

    def test_provider_gives_nothing_back(self):
        order, _invoice, transaction = self._paid()
        self.method.support_refund = "none"
        self._cancelled(order, {0: 4})
        self.assertFalse(self._get_refunds(order))
        self.assertIn("476", order.activity_ids.summary)
        self.method.support_refund = "full_only"
        self._cancelled(order)
        self.assertFalse(self._get_refunds(order), "714 is not all of it")
        self.assertEqual(transaction._get_left(), 1190)

    def test_returned(self):
        """The same for goods that came back."""
        self.env["sales.change.policy"].search([]).active = False
        order, _invoice, _transaction = self._paid()
        self._deliver(order, 10)
        order = order.with_user(self.salesman)
        reason = self.env.ref("sales_order_plus.sales_return_reason_mind")
        action = order.action_request_return(
            lines={order.order_line.id: 3}, reason=reason.id, resolution="refund"
        )
        one = order.env["sales.order.return"].browse(action["res_id"])
        one.action_authorise()
        back = one.sudo().picking_ids
        back.move_ids.write({"picked": True})
        for move in back.move_ids:
            move.quantity = move.product_uom_qty
        back.button_validate()
        self._flush()
        refund = self._get_refunds(order)
        self.assertEqual((refund.return_id, refund.amount), (one.sudo(False), 357))
        self._send()
        self._post_process(order)
        self.assertEqual(one.sudo().credit_note_ids.amount_residual, 0)

    def test_down_payment_of_a_cancelled_order(self):
        order = self._confirmed()
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [order.id],
                "advance_payment_method": "percentage",
                "amount": 30,
            }
        )
        wizard.create_invoices()
        invoice = order.sudo().invoice_ids
        invoice.action_post()
        self.assertAlmostEqual(invoice.amount_total, 357)
        self._pay_online(order, 357, invoices=invoice)
        self._cancelled(order)
        self.assertEqual(order.state, "cancel")
        credit = self._get_credits(order)
        self.assertAlmostEqual(credit.amount_total, 357)
        self.assertAlmostEqual(self._get_refunds(order).amount, 357)
        self._send()
        self._post_process(order)
        self.assertEqual(credit.amount_residual, 0)

    def test_payment_of_several_orders_is_for_a_person(self):
        order, _invoice, transaction = self._paid()
        transaction.sale_order_ids |= self._confirmed()
        self._cancelled(order, {0: 4})
        self.assertFalse(self._get_refunds(order))
        self.assertIn("476", order.activity_ids.summary)

    # === Who may, and once only === #

    def test_rights(self):
        order, _invoice, _transaction = self._paid()
        self._cancelled(order, {0: 4})
        refund = self._get_refunds(order)
        self.assertTrue(refund.with_user(self.salesman).amount)
        self.assertTrue(refund.with_user(self.bookkeeper).amount)
        for user in (self.salesman, self.bookkeeper, self.manager):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                refund.with_user(user).write({"state": "done"})
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                refund.with_user(user).copy()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            refund.with_user(self.manager).action_retry()
        for user in (self.portal_user, self.storeman):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                refund.with_user(user).read(["amount"])
        other = self._new_user("tsop_oth", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            refund.with_user(other).read(["amount"])

    @mute_logger("odoo.sql_db")
    def test_database_knows_it_is_once(self):
        order, _invoice, _transaction = self._paid()
        self._cancelled(order, {0: 4})
        refund = self._get_refunds(order)
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            refund.copy({"reference": "another"})
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            refund.copy({"transaction_id": refund.transaction_id.copy().id})

    def test_events(self):
        order, _invoice, _transaction = self._paid()
        self._cancelled(order, {0: 4})
        self._send()
        events = self.env["sales.audit.event"].search(
            [("model", "=", "sale.order"), ("res_id", "=", order.id)]
        )
        codes = set(events.mapped("code"))
        self.assertLessEqual({"refund.requested", "refund.done"}, codes)
