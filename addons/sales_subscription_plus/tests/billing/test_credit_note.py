from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from ...exceptions import PeriodBilledError
from .common_billing import BillingCommon


class CreditCommon(BillingCommon):
    """Credit notes that an accountant makes with Odoo's own dialog."""

    def _reverse(self, move, modify=False, at="2026-03-02 12:00:00"):
        """Reverse an invoice as the accountant.

        :return: the draft of the credit note; with modify that of the next invoice
        """
        with freeze_time(at):
            wizard = (
                self.env["account.move.reversal"]
                .with_user(self.accountant)
                .with_context(active_model="account.move", active_ids=move.ids)
                .create({"journal_id": move.journal_id.id, "reason": "Not satisfied"})
            )
            wizard.reverse_moves(is_modify=modify)
        self.env.flush_all()
        return wizard.new_move_ids

    def _credit(self, move, quantity=None, price=None):
        """Credit an invoice, or a part of its first product, and post it."""
        note = self._reverse(move)
        line = note.invoice_line_ids.filtered("product_id")[0]
        vals = {"quantity": quantity, "price_unit": price}
        vals = {name: value for name, value in vals.items() if value is not None}
        if vals:
            note.invoice_line_ids = [Command.update(line.id, vals)]
        with freeze_time("2026-03-02 12:30:00"):
            note.action_post()
        self.env.flush_all()
        self.env.invalidate_all()
        return note

    def _change_march(self, before, after):
        """Change the quantity of what was billed; return the row that settles it."""
        subscription, _period = self._bill_february((self.care, before))
        with freeze_time("2026-03-01 12:00:00"):
            subscription._change(
                kind="quantity", line_id=subscription.line_ids.id, quantity=after
            )
        return subscription.period_ids.filtered(lambda one: one.kind == "adjustment")

    def _run_jobs(self):
        """Let both jobs run on two days of March."""
        for day in ("2026-03-03", "2026-03-05"):
            self._bill(f"{day} 12:00:00")
            self._invoice(f"{day} 13:00:00")
            self._run_triggers(f"{day} 14:00:00")

    def _run_triggers(self, at):
        with freeze_time(at):
            cron = self.env.ref("sales_order_plus.ir_cron_invoicing")
            cron.method_direct_trigger()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestCreditNote(CreditCommon):
    """What somebody credited no job bills again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.monthly.document = "order"

    def _assert_left_alone(self, period, moves):
        self._run_jobs()
        self.assertEqual(period.order_id.sudo().invoice_ids, moves)
        self.assertEqual(period.state, "invoiced")
        self.assertEqual(len(period.subscription_id.period_ids), 2)

    def test_all_of_it(self):
        subscription, period = self._bill_february((self.care, 2))
        invoice = period.move_id
        note = self._credit(invoice)
        self.assertEqual(period.order_id.invoice_status, "to invoice")
        self._assert_left_alone(period, invoice | note)
        self.assertEqual(period.move_id, invoice)
        self.assertEqual(period.amount_credited, period.amount)
        self.assertFalse(period.is_owed)
        # The periods after it are billed as ever.
        self._bill("2026-03-31 12:00:00")
        self.assertEqual(subscription.period_ids[0].state, "invoiced")
        self.assertEqual(subscription.period_ids[0].amount_credited, 0.0)

    def test_a_part_of_the_quantity(self):
        _subscription, period = self._bill_february((self.care, 2))
        invoice = period.move_id
        note = self._credit(invoice, quantity=1.0)
        self._assert_left_alone(period, invoice | note)
        self.assertEqual(period.amount_credited, note.amount_total)
        self.assertTrue(period.is_owed)
        self.assertFalse(period.can_bill_again)
        self._assert_refused(period, "an order that was credited altogether")

    def test_a_part_of_the_price(self):
        _subscription, period = self._bill_february((self.care, 2))
        invoice = period.move_id
        note = self._credit(invoice, price=10.0)
        self._assert_left_alone(period, invoice | note)
        self.assertEqual(period.amount_credited, note.amount_total)
        self.assertFalse(period.can_bill_again)

    def test_a_draft(self):
        _subscription, period = self._bill_february((self.care, 2))
        invoice = period.move_id
        note = self._reverse(invoice)
        self.assertEqual(note.state, "draft")
        self._assert_left_alone(period, invoice | note)
        self.assertEqual(period.amount_credited, 0.0)
        self.assertFalse(period.can_bill_again)
        note.unlink()
        self._assert_left_alone(period, invoice)

    def test_reversed_and_invoiced_anew(self):
        _subscription, period = self._bill_february((self.care, 2))
        invoice = period.move_id
        draft = self._reverse(invoice, modify=True)
        self.assertEqual((draft.move_type, draft.state), ("out_invoice", "draft"))
        moves = invoice | invoice.reversal_move_ids | draft
        self._assert_left_alone(period, moves)
        self.assertEqual(period.move_id, draft)
        self.assertFalse(period.can_bill_again)
        draft.unlink()
        self._assert_left_alone(period, moves.exists())
        self.assertEqual(period.move_id, invoice)
        self.assertTrue(period.can_bill_again)

    def test_a_paid_period_stays_paid(self):
        _subscription, period = self._bill_february()
        with freeze_time("2026-03-01 12:00:00"):
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=period.move_id.ids
            ).create({})._create_payments()
        note = self._credit(period.move_id)
        invoices = period.move_id | note
        self._run_jobs()
        self.assertEqual(period.state, "paid")
        self.assertEqual(period.order_id.sudo().invoice_ids, invoices)

    def test_a_delivery_after_it_is_left_to_people(self):
        subscription = self._subscribe((self.box, 4))
        self._bill("2026-02-28 12:00:00")
        period = subscription.period_ids[0]
        line = period.order_line_ids.sudo()
        line.qty_delivered = 2.0
        self._invoice("2026-03-01 12:00:00")
        moves = period.move_id | self._credit(period.move_id)
        line.qty_delivered = 4.0
        self._run_jobs()
        self.assertEqual(period.order_id.sudo().invoice_ids, moves)
        self.assertEqual(period.state, "ordered")
        # Who withdraws the credit note has the job go on.
        note = moves.filtered(lambda move: move.move_type == "out_refund")
        note = note.with_user(self.accountant)
        note.button_draft()
        note.button_cancel()
        self._invoice("2026-03-06 12:00:00")
        self.assertEqual(period.state, "invoiced")
        invoices = period._get_invoices().sudo().invoice_line_ids
        quantities = invoices.filtered("product_id").mapped("quantity")
        self.assertEqual(quantities, [2.0, 2.0])

    def test_a_type_that_invoices_does_not_bill_it_either(self):
        self.company.sales_order_type_id = self.env["sales.order.type"].create(
            {"name": "At once", "code": "T1", "invoicing_trigger": "on_confirm"}
        )
        subscription, period = self._bill_february()
        self.assertEqual(
            period.order_id.order_type_id, self.company.sales_order_type_id
        )
        self._run_triggers("2026-03-01 12:00:00")
        origin = subscription.origin_order_id.sudo()
        first = origin.invoice_ids
        self.assertEqual(first.state, "posted")
        for move in (first, period.move_id):
            moves = move | self._credit(move)
            orders = move.line_ids.sale_line_ids.order_id
            self._run_jobs()
            self.assertEqual(orders.sudo().invoice_ids, moves)
        self.assertEqual(set(subscription.period_ids.mapped("state")), {"invoiced"})

    def test_a_type_does_not_bill_a_cancelled_document(self):
        self.company.sales_order_type_id = self.env["sales.order.type"].create(
            {"name": "At once", "code": "T1", "invoicing_trigger": "on_confirm"}
        )
        subscription, period = self._bill_february()
        self._run_triggers("2026-03-01 12:00:00")
        moves = subscription.origin_order_id.sudo().invoice_ids | period.move_id
        self.assertEqual(len(moves), 2)
        for move in moves:
            self._cancel(move)
        self._run_jobs()
        rows = subscription.period_ids
        self.assertEqual(rows.order_id.sudo().invoice_ids, moves)

    def test_people_invoice_the_order(self):
        _subscription, period = self._bill_february((self.care, 2))
        self._credit(period.move_id)
        order = period.order_id.with_user(self.salesman)
        move = order._create_invoices()
        self.assertEqual(move.sudo().amount_untaxed, 100.0)
        self.assertEqual((period.state, period.move_id), ("invoiced", move))
        self.assertFalse(period.can_bill_again)

    def test_its_button_invoices_the_order_once_more(self):
        subscription, period = self._bill_february((self.care, 2))
        self._credit(period.move_id)
        for user in (self.accountant, self.manager):
            self.assertTrue(period.with_user(user).can_bill_again)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            period.with_user(self.salesman).action_bill_again(reason="Mine")
        rows = self._bill_again(period)
        self.assertEqual(rows, period)
        self.assertEqual(len(period._get_invoices()), 2)
        self.assertEqual((period.state, period.move_id.state), ("invoiced", "posted"))
        self.assertEqual(period.move_id.amount_untaxed, 100.0)
        self.assertTrue(period.is_owed)
        event = self.env["sales.audit.event"].search(
            [("code", "=", "subscription.billed_again")]
        )
        self.assertEqual(event.res_id, subscription.id)
        self.assertEqual(event.user_id, self.accountant)
        self._assert_refused(period, "only once")
        self._assert_left_alone(period, period.order_id.sudo().invoice_ids)

    def test_not_withdrawn_where_it_is_billed_again(self):
        """Else both invoices would stand, and nothing would give one of them back."""
        _subscription, period = self._bill_february((self.care, 2))
        first = period.move_id
        note = self._credit(first)
        self._bill_again(period)
        second = period.move_id
        self.assertNotEqual(second, first)
        own = note.with_user(self.accountant)
        for withdraw in (own.button_draft, own.button_cancel):
            with (
                self.assertRaises(PeriodBilledError) as caught,
                self.env.cr.savepoint(),
            ):
                withdraw()
            self.assertIn(second.name, str(caught.exception))
            self.assertEqual(caught.exception.context["rule"], "billed_again")
            self.assertEqual(note.state, "posted")
        # The second one gone, the note may go: the first one stands alone.
        self._cancel(second)
        own.button_draft()
        own.unlink()
        self.assertEqual(period._get_invoices(), first)

    def test_withdrawn_where_nothing_came_after_it(self):
        _subscription, period = self._bill_february((self.care, 2))
        note = self._credit(period.move_id)
        note.with_user(self.accountant).button_draft()
        self.assertEqual(note.state, "draft")
        note.with_user(self.accountant).action_post()
        note.with_user(self.accountant).button_draft()
        note.with_user(self.accountant).button_cancel()
        self.assertEqual((period.state, note.state), ("invoiced", "cancel"))

    def test_both_withdrawn_together(self):
        _subscription, period = self._bill_february((self.care, 2))
        first = period.move_id
        note = self._credit(first)
        self._bill_again(period)
        moves = (note | period.move_id).with_user(self.accountant)
        moves.button_draft()
        self.assertEqual(set(moves.mapped("state")), {"draft"})
        self.assertEqual(first.state, "posted")

    def test_a_charge_after_all_is_not_withdrawn_either(self):
        """What a change gave back, was charged after all and given back once more."""
        row = self._change_march(3, 1.0)
        back = self._credit(row.move_id)
        self.assertEqual(back.move_type, "out_invoice")
        self._bill_again(row)
        self.assertEqual(len(row._get_invoices()), 2)
        with self.assertRaises(PeriodBilledError), self.env.cr.savepoint():
            back.with_user(self.accountant).button_draft()

    def test_not_beside_a_credit_note_that_would_count_twice(self):
        _subscription, period = self._bill_february((self.care, 2))
        invoice = period.move_id
        self._credit(invoice)
        draft = self._reverse(invoice)
        self._assert_refused(period, "a credit note stands beside it")
        draft.unlink()
        self._cancel(invoice)
        self.assertEqual(period.state, "cancelled")
        self._run_jobs()
        self._assert_refused(period, "a credit note stands beside it")

    def test_what_a_change_cost_is_credited(self):
        row = self._change_march(1, 3.0)
        invoice = row.move_id
        self.assertEqual((row.state, invoice.move_type), ("invoiced", "out_invoice"))
        note = self._credit(invoice)
        self._run_jobs()
        self.assertEqual((row.state, row.move_id), ("invoiced", invoice))
        self.assertEqual(row.order_id.sudo().invoice_ids, invoice | note)
        self.assertEqual(row.amount_credited, row.amount)

    def test_what_a_change_gave_back_is_charged_after_all(self):
        row = self._change_march(3, 1.0)
        refund = row.move_id
        self.assertEqual((row.state, refund.move_type), ("invoiced", "out_refund"))
        self.assertLess(row.amount, 0.0)
        self.assertEqual(row.amount_credited, 0.0)
        back = self._credit(refund)
        self.assertEqual(back.move_type, "out_invoice")
        self._run_jobs()
        self.assertEqual((row.state, row.move_id), ("paid", refund))
        self.assertEqual(row.order_id.sudo().invoice_ids, refund | back)
        self.assertEqual(row.amount_credited, row.amount)

    def test_the_customer_sees_it(self):
        subscription, period = self._bill_february((self.care, 2))
        note = self._credit(period.move_id)
        amount = f"{note.amount_total:.2f}"
        seen = period.with_user(self.portal_user)
        self.assertEqual(f"{seen.amount_credited:.2f}", amount)
        report = "sales_subscription_plus.report_subscription_statement"
        html = self.env["ir.actions.report"]._render_qweb_html(report, subscription.ids)
        self.assertIn("Credited", html[0].decode())


@tagged("post_install", "-at_install")
class TestCreditNoteAtOnce(CreditCommon):
    """The same where periods are invoiced without an order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.monthly.document = "invoice"

    def _assert_left_alone(self, period):
        subscription = period.subscription_id
        moves = self.env["account.move"].search_count([])
        self._run_jobs()
        self.assertEqual(self.env["account.move"].search_count([]), moves)
        self.assertEqual(len(subscription.period_ids), 2)
        self.assertEqual(period.state, "invoiced")
        self.assertFalse(period.can_bill_again)

    def test_all_of_it(self):
        _subscription, period = self._bill_february((self.care, 2))
        invoice = period.move_id
        self._credit(invoice)
        self._assert_left_alone(period)
        self.assertEqual(period.move_id, invoice)
        self.assertEqual(period.amount_credited, period.amount)
        self.assertFalse(period.is_owed)

    def test_a_part(self):
        _subscription, period = self._bill_february((self.care, 2))
        note = self._credit(period.move_id, quantity=1.0)
        self._assert_left_alone(period)
        self.assertEqual(period.amount_credited, note.amount_total)
        self.assertLess(note.amount_total, period.amount)

    def test_a_draft_and_one_with_a_new_invoice(self):
        _subscription, period = self._bill_february((self.care, 2))
        self._reverse(period.move_id)
        self._assert_left_alone(period)
        self.assertEqual(period.amount_credited, 0.0)
        self._reverse(period.move_id, modify=True)
        self._assert_left_alone(period)
        self.assertEqual(period.amount_credited, period.amount)

    def test_what_a_change_gave_back(self):
        row = self._change_march(3, 1.0)
        refund = row.move_id
        self.assertEqual(refund.move_type, "out_refund")
        self._credit(refund)
        self._run_jobs()
        self.assertEqual((row.state, row.move_id), ("paid", refund))
        self.assertEqual(row.amount_credited, row.amount)
        self.assertEqual(len(row.subscription_id.period_ids), 3)
