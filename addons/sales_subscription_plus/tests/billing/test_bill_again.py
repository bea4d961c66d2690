from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...exceptions import SubscriptionStateError
from ..charging.common_charge import ChargeCommon
from .common_billing import BillingCommon


@tagged("post_install", "-at_install")
class TestBillAgain(BillingCommon, ChargeCommon):
    """Who cancels an invoice decides whether the period is billed again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.monthly.document = "invoice"

    def test_a_cancelled_invoice_is_billed_again_by_its_button_alone(self):
        subscription, period = self._bill_february((self.care, 2))
        self.assertFalse(period.can_bill_again)
        self._assert_refused(period, "only what was cancelled")
        cancelled = period.move_id
        self._cancel(cancelled)
        self.assertTrue(period.can_bill_again)
        self._bill("2026-03-01 12:00:00")
        self.assertEqual(len(subscription.period_ids), 2)
        new, old = self._bill_again(period)
        self.assertEqual(old, period)
        self.assertEqual((old.state, new.state), ("waived", "invoiced"))
        self.assertEqual((new.date_start, new.date_end), (old.date_start, old.date_end))
        self.assertEqual(new.move_id.amount_untaxed, 100.0)
        self.assertEqual(str(new.move_id.invoice_date), "2026-03-05")
        self.assertEqual(cancelled.state, "cancel")
        self.assertEqual(subscription.period_no, 2)
        event = self.env["sales.audit.event"].search(
            [
                ("code", "=", "subscription.billed_again"),
                ("res_id", "=", subscription.id),
            ]
        )
        self.assertEqual(event.user_id, self.accountant)
        self.assertIn(cancelled.name, str(event.data))
        self.assertIn("Sent to the wrong address", str(event.data))
        note = subscription.message_ids[0]
        self.assertIn("Sent to the wrong address", note.body)
        self.assertEqual(note.author_id, self.accountant.partner_id)

    def test_a_reason_is_wanted(self):
        _subscription, period = self._bill_february()
        self._cancel(period.move_id)
        for reason in ("", "  ", None):
            with (
                self.assertRaisesRegex(SubscriptionStateError, "say why") as caught,
                self.env.cr.savepoint(),
            ):
                period.with_user(self.accountant).action_bill_again(reason=reason)
        self.assertEqual(caught.exception.context["field"], "reason")

    def test_it_is_billed_at_what_is_agreed_now(self):
        subscription, period = self._bill_february((self.care, 2))
        self._cancel(period.move_id)
        subscription.sudo().line_ids.price_unit = 40.0
        self.assertEqual(self._bill_again(period)[0].move_id.amount_untaxed, 80.0)

    def test_only_once(self):
        _subscription, period = self._bill_february()
        self._cancel(period.move_id)
        new = self._bill_again(period)[0]
        self._assert_refused(period, "only what was cancelled")
        self._assert_refused(new, "only what was cancelled")
        # The new one may be cancelled too; the old row stays out of it.
        self._cancel(new.move_id)
        self.assertFalse(period.can_bill_again)
        self.assertEqual(len(self._bill_again(new)), 3)

    def test_the_cancelled_one_does_not_come_back_beside_it(self):
        _subscription, period = self._bill_february()
        cancelled = period.move_id
        self._cancel(cancelled)
        new = self._bill_again(period)[0]
        self._assert_stays_cancelled(new, cancelled.sudo().button_draft)
        self.assertEqual(cancelled.state, "cancel")
        # What the message says is the way out.
        self._cancel(new.move_id)
        cancelled.sudo().button_draft()
        self.assertEqual(period.state, "invoiced")

    @mute_logger("odoo.sql_db")
    def test_the_index_has_the_last_word(self):
        _subscription, period = self._bill_february()
        cancelled = period.move_id
        self._cancel(cancelled)
        self._bill_again(period)
        with (
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
            patch.object(self.registry[period._name], "_check_not_billed_anew"),
        ):
            cancelled.sudo().button_draft()
            self.env.flush_all()

    def test_only_who_may_bill(self):
        _subscription, period = self._bill_february()
        self._cancel(period.move_id)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            period.with_user(self.salesman).action_bill_again(reason="Mine")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self._ask_again(period, self.salesman)
        self.assertEqual(self._bill_again(period, self.manager)[0].state, "invoiced")

    def test_a_deleted_draft(self):
        self.monthly.auto_post = False
        _subscription, period = self._bill_february()
        period.move_id.sudo().unlink()
        self.assertEqual(self._bill_again(period)[0].move_id.state, "draft")

    def test_a_cancelled_order(self):
        self.monthly.document = "order"
        _subscription, period = self._bill_february()
        order, move = period.order_id, period.move_id
        self._cancel(move)
        order._action_cancel()
        new = self._bill_again(period)[0]
        self.assertNotEqual(new.order_id, order)
        self.assertEqual((order.state, new.order_id.state), ("cancel", "sale"))
        for comes_back in (
            order.action_draft,
            lambda: order.write({"state": "sale"}),
            move.sudo().button_draft,
        ):
            self._assert_stays_cancelled(new, comes_back)
        self.assertEqual((order.state, move.state), ("cancel", "cancel"))

    def test_the_first_period_has_the_order_it_comes_from(self):
        subscription = self._subscribe()
        subscription.origin_order_id.action_cancel()
        period = subscription.period_ids
        self.assertEqual(period.state, "waived")
        self.assertFalse(period.can_bill_again)

    def test_what_a_change_cost(self):
        subscription, _period = self._bill_february((self.care, 1))
        with freeze_time("2026-03-14 12:00:00"):
            subscription._change(
                kind="quantity", line_id=subscription.line_ids.id, quantity=3.0
            )
        row = subscription.period_ids.filtered(lambda one: one.kind == "adjustment")
        before = row.move_id.amount_total
        self._cancel(row.move_id)
        new = self._bill_again(row, at="2026-03-20 12:00:00")[0]
        self.assertEqual(new.move_id.amount_total, before)
        charges = subscription.change_ids.sudo().charge_ids
        self.assertEqual(charges.period_id, new)

    def test_not_where_changes_are_settled_within_it(self):
        subscription, period = self._bill_february((self.care, 1))
        with freeze_time("2026-03-14 12:00:00"):
            subscription._change(
                kind="quantity", line_id=subscription.line_ids.id, quantity=3.0
            )
        self._cancel(period.move_id)
        # At three times the price it would charge the days after the change twice.
        self._assert_refused(period, "at the old price")

    def test_not_where_the_rhythm_is_another_one(self):
        subscription, period = self._bill_february()
        self._cancel(period.move_id)
        subscription.sudo()._write_life({"calendar_base": 2})
        self._assert_refused(period, "rhythm was changed")

    def test_not_where_nothing_is_sold_any_more(self):
        subscription, period = self._bill_february()
        self._cancel(period.move_id)
        subscription.sudo().line_ids.date_to = "2026-01-31"
        self._assert_refused(period, "nothing is sold")
        self.assertEqual(len(subscription.period_ids), 2)

    def test_attempts_to_charge_are_counted_on(self):
        subscription = self._new_charged()
        period = subscription.period_ids
        self._create_attempt(subscription).state = "error"
        self._cancel(period.move_id)
        new = self._bill_again(period)[0]
        self._charge("2026-03-05 13:00:00")
        self.assertEqual(new.sudo().transaction_ids.sales_attempt_no, 2)
        self.assertEqual(
            self._get_attempts(subscription), [("P1-A1", "error"), ("P1-A2", "done")]
        )
        self.assertEqual(new.state, "paid")

    def test_not_where_a_payment_may_have_been_made(self):
        subscription = self._new_charged()
        period = subscription.period_ids
        attempt = self._create_attempt(subscription)
        attempt.state = "pending"
        self._cancel(period.move_id)
        self._assert_refused(period, "a payment was made")
        attempt.state = "error"
        self.assertEqual(self._bill_again(period)[0].state, "invoiced")
