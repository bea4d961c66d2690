from odoo.tests import tagged

from .common_billing import BillingCommon


@tagged("post_install", "-at_install")
class TestCancelledDocument(BillingCommon):
    """An invoice that somebody cancelled while its order stands."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.monthly.document = "order"

    def test_no_job_bills_it_again(self):
        subscription, period = self._bill_february((self.care, 2))
        order, cancelled = period.order_id, period.move_id
        self._cancel(cancelled)
        self.assertEqual((period.state, order.state), ("cancelled", "sale"))
        self.assertTrue(period.can_bill_again)
        for day in ("2026-03-01", "2026-03-05"):
            self._bill(f"{day} 12:00:00")
            self._invoice(f"{day} 13:00:00")
        self.assertEqual((period.state, order.invoice_ids), ("cancelled", cancelled))
        # The periods after it are billed as ever.
        self._bill("2026-03-31 12:00:00")
        self._invoice("2026-04-01 12:00:00")
        self.assertEqual(subscription.period_ids[0].state, "invoiced")
        self.assertEqual(period.state, "cancelled")

    def test_its_button_invoices_the_order_once_more(self):
        subscription, period = self._bill_february((self.care, 2))
        cancelled = period.move_id
        self._cancel(cancelled)
        rows = self._bill_again(period)
        self.assertEqual(rows, period)
        self.assertEqual((period.state, period.move_id.state), ("invoiced", "posted"))
        self.assertEqual(period.move_id.amount_untaxed, 100.0)
        self.assertNotEqual(period.move_id, cancelled)
        self.assertFalse(period.can_bill_again)
        self.assertIn("subscription.billed_again", self._get_events(subscription))
        self._assert_refused(period, "only what was cancelled")
        self._assert_stays_cancelled(period, cancelled.sudo().button_draft)

    def test_it_may_come_back_itself(self):
        _subscription, period = self._bill_february()
        cancelled = period.move_id
        self._cancel(cancelled)
        cancelled.sudo().button_draft()
        self.assertEqual((period.state, period.move_id), ("invoiced", cancelled))
        self.assertFalse(period.invoice_cancelled)

    def test_who_invoices_the_order_by_hand_decides_too(self):
        _subscription, period = self._bill_february()
        self._cancel(period.move_id)
        move = period.sudo().order_id._create_invoices()
        self.assertEqual((period.state, period.move_id), ("invoiced", move))
        self.assertFalse(period.invoice_cancelled)

    def test_a_deleted_draft_is_not_made_again(self):
        self.monthly.auto_post = False
        _subscription, period = self._bill_february()
        period.move_id.sudo().unlink()
        self._invoice("2026-03-01 12:00:00")
        self.assertEqual((period.state, len(period.move_id)), ("cancelled", 0))
        self._bill_again(period)
        self.assertEqual((period.state, period.move_id.state), ("invoiced", "draft"))

    def test_one_of_two_deliveries(self):
        subscription = self._subscribe((self.box, 2))
        self._bill("2026-02-28 12:00:00")
        period = subscription.period_ids[0]
        line = period.order_line_ids.sudo()
        line.qty_delivered = 1.0
        self._invoice("2026-03-01 12:00:00")
        first = period.move_id
        line.qty_delivered = 2.0
        self._invoice("2026-03-02 12:00:00")
        second = period.move_id
        self._cancel(first)
        self._invoice("2026-03-03 12:00:00")
        self.assertEqual((period.state, period.move_id), ("cancelled", second))
        self._bill_again(period)
        self.assertEqual(period.state, "invoiced")
        self.assertEqual(len(period._get_invoices()), 2)

    def test_an_order_confirmed_anew_is_invoiced(self):
        _subscription, period = self._bill_february()
        order = period.order_id
        self._cancel(period.move_id)
        order.action_cancel()
        self.assertEqual(period.state, "waived")
        order.action_draft()
        order.action_confirm()
        self.assertEqual(period.state, "ordered")
        self._invoice("2026-03-02 12:00:00")
        self.assertEqual(period.state, "invoiced")

    def test_nothing_left_to_invoice(self):
        subscription = self._subscribe((self.box, 1))
        self._bill("2026-02-28 12:00:00")
        period = subscription.period_ids[0]
        line = period.order_line_ids.sudo()
        line.qty_delivered = 1.0
        self._invoice("2026-03-01 12:00:00")
        self._cancel(period.move_id)
        line.qty_delivered = 0.0
        self._assert_refused(period, "nothing is sold in it now")
