from freezegun import freeze_time

from odoo.tests import tagged

from ..exceptions import SubscriptionStateError
from .common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestLifecycle(SubscriptionCommon):
    """What happens by itself when a day has passed."""

    def _live(self, at):
        self._run_cron("ir_cron_lifecycle", at)

    # === Trial === #

    def test_trial_then_the_first_period(self):
        self.monthly.trial_days = 14
        subscription = self._subscribe(at="2026-03-01 10:00:00")
        self.assertEqual(subscription.state, "trial")
        self.assertEqual(str(subscription.trial_until), "2026-03-14")
        self.assertEqual(str(subscription.next_billing_date), "2026-03-15")
        self.assertEqual(subscription.origin_order_id.invoice_status, "no")
        self._live("2026-03-14 23:00:00")
        self._bill("2026-03-14 23:00:00")
        self.assertEqual((subscription.state, subscription.period_no), ("trial", 0))
        self._live("2026-03-15 01:00:00")
        self._bill("2026-03-15 01:00:00")
        self.assertEqual(subscription.state, "active")
        self.assertEqual(
            self._get_ledger(subscription),
            [(1, "2026-03-15", "2026-04-14", "invoiced")],
        )
        self.assertEqual(str(subscription.date_start), "2026-03-01")
        self.assertIn("subscription.converted", self._get_events(subscription))

    def test_trial_cancelled_costs_nothing(self):
        self.monthly.trial_days = 14
        subscription = self._subscribe(at="2026-03-01 10:00:00")
        with freeze_time("2026-03-05 10:00:00"):
            subscription.action_cancel_later()
        self.assertEqual(str(subscription.cancel_on), "2026-03-14")
        self.assertFalse(subscription.next_billing_date)
        self._live("2026-03-15 01:00:00")
        self._bill("2026-03-15 02:00:00")
        self.assertEqual((subscription.state, subscription.period_no), ("cancelled", 0))

    # === Renewal === #

    def test_renewed_by_itself_on_day_366(self):
        self.monthly.write({"term_count": 12, "renewal_mode": "auto"})
        subscription = self._subscribe(at="2026-01-01 10:00:00")
        self.assertEqual(str(subscription.end_date), "2026-12-31")
        self._bill("2026-12-31 12:00:00")
        self.assertEqual(subscription.period_no, 12)
        self._live("2027-01-01 12:00:00")
        self.assertEqual(subscription.state, "active")
        self.assertEqual(str(subscription.end_date), "2027-12-31")
        self.assertEqual(
            self._get_events(subscription).count("subscription.renewed"), 1
        )
        self._bill("2027-01-01 13:00:00")
        self.assertEqual(subscription.period_no, 13)
        self._live("2027-01-01 14:00:00")
        self.assertEqual(str(subscription.end_date), "2027-12-31")

    def test_price_rises_at_the_renewal(self):
        self.monthly.write(
            {"term_count": 2, "renewal_mode": "auto", "renewal_uplift": 3.3}
        )
        subscription = self._subscribe(at="2026-01-01 10:00:00")
        for at in ("2026-02-01", "2026-03-01"):
            self._live(f"{at} 00:30:00")
            self._bill(f"{at} 12:00:00")
        amounts = subscription.period_ids.sorted("period_no").mapped("amount")
        self.assertEqual(amounts, [50.0, 50.0, 51.65])

    def test_without_renewal_it_expires_and_nothing_is_billed(self):
        self.monthly.term_count = 12
        subscription = self._subscribe(at="2026-01-01 10:00:00")
        self._bill("2026-12-31 12:00:00")
        self._live("2027-01-01 12:00:00")
        self._bill("2027-03-01 12:00:00")
        self.assertEqual((subscription.state, subscription.period_no), ("expired", 12))
        self.assertEqual(str(subscription.ended_on), "2027-01-01")

    def test_the_mode_can_be_changed_on_one(self):
        self.monthly.write({"term_count": 1, "renewal_mode": "auto"})
        subscription = self._subscribe(at="2026-01-01 10:00:00")
        subscription.with_user(self.salesman).renewal_mode = "none"
        self._live("2026-02-01 12:00:00")
        self.assertEqual(subscription.state, "expired")

    def test_quotation_to_renew(self):
        self.monthly.write(
            {"term_count": 2, "renewal_mode": "quote", "notice_days": 10}
        )
        subscription = self._subscribe((self.care, 2), at="2026-01-01 10:00:00")
        self._live("2026-02-17 12:00:00")
        self.assertFalse(subscription.renewal_order_id)
        for _run in range(2):
            self._live("2026-02-18 12:00:00")
        self.assertFalse(subscription.billing_error)
        quotation = subscription.renewal_order_id
        self.assertEqual((quotation.state, quotation.amount_untaxed), ("sent", 100.0))
        self.assertEqual(
            self.env["sale.order"].search_count(
                [("sales_renewal_id", "=", subscription.id)]
            ),
            1,
        )
        # The customer gets another price for another two months.
        quotation.order_line.filtered("product_id").price_unit = 45.0
        with freeze_time("2026-02-20 12:00:00"):
            quotation.with_user(self.salesman).action_confirm()
        self.assertEqual(str(subscription.end_date), "2026-04-30")
        self.assertEqual(quotation.invoice_status, "no")
        self.assertFalse(quotation.sales_subscription_ids)
        self._bill("2026-03-01 12:00:00")
        self.assertEqual(
            subscription.period_ids.sorted("period_no").mapped("amount"),
            [100.0, 100.0, 90.0],
        )

    def test_unsigned_it_expires(self):
        self.monthly.write({"term_count": 1, "renewal_mode": "quote"})
        subscription = self._subscribe(at="2026-01-01 10:00:00")
        self._live("2026-01-20 12:00:00")
        self._live("2026-02-01 12:00:00")
        self.assertEqual(subscription.state, "expired")

    # === Pause === #

    def test_paused_until_a_day(self):
        subscription = self._subscribe(at="2026-01-31 10:00:00")
        with freeze_time("2026-02-10 10:00:00"):
            subscription.with_user(self.salesman).action_pause(until="2026-03-10")
        self._bill("2026-03-01 12:00:00")
        self._live("2026-03-10 12:00:00")
        self.assertEqual(subscription.state, "paused")
        self._live("2026-03-11 12:00:00")
        self.assertEqual(subscription.state, "active")
        self.assertFalse(subscription.paused_until)
        self._bill("2026-03-31 12:00:00")
        self.assertEqual(
            [row[3] for row in self._get_ledger(subscription)],
            ["ordered", "paused", "invoiced"],
        )

    def test_a_pause_moves_what_is_paid(self):
        self.monthly.pause_mode = "shift"
        subscription = self._subscribe(at="2026-03-01 10:00:00")
        # 21 of 31 days are left on the 11th.
        with freeze_time("2026-03-11 10:00:00"):
            subscription.action_pause()
        with freeze_time("2026-05-01 10:00:00"):
            subscription.action_resume()
        self.assertEqual(str(subscription.next_billing_date), "2026-05-22")
        self._bill("2026-06-22 12:00:00")
        self.assertEqual(
            [row[:2] for row in self._get_ledger(subscription)],
            [(1, "2026-03-01"), (2, "2026-05-22"), (3, "2026-06-22")],
        )

    def test_pause_until_yesterday_is_refused(self):
        subscription = self._subscribe(at="2026-01-31 10:00:00")
        with (
            freeze_time("2026-02-10 10:00:00"),
            self.assertRaisesRegex(SubscriptionStateError, "from today on"),
        ):
            subscription.action_pause(until="2026-02-09")

    # === Skip, cancel later === #

    def test_one_period_is_left_out(self):
        subscription = self._subscribe(at="2026-01-31 10:00:00")
        with freeze_time("2026-02-10 10:00:00"):
            subscription.with_user(self.salesman).action_skip_next()
        self.assertEqual(str(subscription.next_billing_date), "2026-03-31")
        self._bill("2026-03-31 12:00:00")
        self.assertEqual(
            [row[3] for row in self._get_ledger(subscription)],
            ["ordered", "skipped", "invoiced"],
        )

    def test_cancelled_at_the_end_of_what_is_paid(self):
        subscription = self._subscribe(at="2026-01-31 10:00:00")
        reason = self.env["sales.cancel.reason"].search([], limit=1)
        with freeze_time("2026-02-10 10:00:00"):
            subscription.with_user(self.salesman).action_cancel_later(
                reason_id=reason.id, note="Too much of it"
            )
        self.assertEqual(str(subscription.cancel_on), "2026-02-27")
        self.assertEqual(subscription.state, "active")
        self._live("2026-02-27 12:00:00")
        self.assertEqual(subscription.state, "active")
        self._bill("2026-02-28 00:30:00")
        self._live("2026-02-28 01:00:00")
        self.assertEqual((subscription.state, subscription.period_no), ("cancelled", 1))
        self.assertEqual(subscription.cancel_reason_id, reason)

    def test_a_cancellation_is_undone(self):
        subscription = self._subscribe(at="2026-01-31 10:00:00")
        with freeze_time("2026-02-10 10:00:00"):
            subscription.action_cancel_later()
            subscription.with_user(self.salesman).action_undo_cancel()
        self._live("2026-02-28 01:00:00")
        self._bill("2026-02-28 12:00:00")
        self.assertEqual((subscription.state, subscription.period_no), ("active", 2))
        with self.assertRaisesRegex(SubscriptionStateError, "no cancellation"):
            subscription.action_undo_cancel()

    # === Again === #

    def test_reactivated_with_a_new_anchor(self):
        subscription = self._subscribe(at="2026-01-31 10:00:00")
        with freeze_time("2026-02-20 10:00:00"):
            subscription.action_cancel()
        with freeze_time("2026-03-02 10:00:00"):
            subscription.with_user(self.salesman).action_reactivate()
        self.assertEqual(subscription.state, "active")
        self._bill("2026-03-02 12:00:00")
        # No period for the gap; the first new one begins today.
        self.assertEqual(
            self._get_ledger(subscription),
            [
                (1, "2026-01-31", "2026-02-27", "ordered"),
                (2, "2026-03-02", "2026-04-01", "invoiced"),
            ],
        )
        self.assertIn("subscription.reactivated", self._get_events(subscription))

    def test_reactivated_with_the_old_anchor(self):
        subscription = self._subscribe(at="2026-01-31 10:00:00")
        with freeze_time("2026-02-20 10:00:00"):
            subscription.action_cancel()
        with freeze_time("2026-04-10 10:00:00"):
            subscription.action_reactivate(mode="keep_anchor")
        self._bill("2026-04-30 12:00:00")
        self.assertEqual(
            [row[1:] for row in self._get_ledger(subscription)[1:]],
            [
                ("2026-02-28", "2026-03-30", "paused"),
                ("2026-03-31", "2026-04-29", "paused"),
                ("2026-04-30", "2026-05-30", "invoiced"),
            ],
        )

    def test_an_expired_one_gets_a_new_term(self):
        self.monthly.term_count = 2
        subscription = self._subscribe(at="2026-01-01 10:00:00")
        self._bill("2026-02-01 12:00:00")
        self._live("2026-03-01 12:00:00")
        with freeze_time("2026-03-10 10:00:00"):
            subscription.action_reactivate()
        self.assertEqual(str(subscription.end_date), "2026-05-09")

    def test_reactivation_has_its_limits(self):
        subscription = self._subscribe(at="2026-01-31 10:00:00")
        with self.assertRaisesRegex(SubscriptionStateError, "has not ended"):
            subscription.action_reactivate()
        with freeze_time("2026-02-20 10:00:00"):
            subscription.action_cancel()
        # Not by writing the state, whoever does.
        with self.assertRaisesRegex(SubscriptionStateError, "cannot become"):
            subscription.with_user(self.manager).write({"state": "active"})
        with (
            freeze_time("2026-06-20 10:00:00"),
            self.assertRaisesRegex(SubscriptionStateError, "more than 90 days"),
        ):
            subscription.action_reactivate()

    def test_debts_first(self):
        subscription = self._subscribe(at="2026-01-31 10:00:00")
        self._bill("2026-02-28 12:00:00")
        with freeze_time("2026-03-01 10:00:00"):
            subscription.action_cancel()
            with self.assertRaisesRegex(SubscriptionStateError, "unpaid"):
                subscription.action_reactivate(settle_debt=True)

    # === Grace === #

    def test_grace_ends_once(self):
        for action, state in (("pause", "paused"), ("cancel", "cancelled")):
            self.monthly.grace_action = action
            subscription = self._subscribe(at="2026-01-31 10:00:00")
            with freeze_time("2026-02-01 10:00:00"):
                subscription.write({"state": "past_due"})
            self.assertEqual(str(subscription.grace_until), "2026-02-08")
            self._live("2026-02-08 12:00:00")
            self.assertEqual(subscription.state, "past_due")
            for _run in range(2):
                self._live("2026-02-09 12:00:00")
            self.assertEqual(subscription.state, state)
            events = self._get_events(subscription)
            self.assertEqual(events.count("subscription.grace_ended"), 1)

    def test_periods_wait_for_the_payment(self):
        self.monthly.grace_policy = "hold"
        subscription = self._subscribe(at="2026-01-31 10:00:00")
        with freeze_time("2026-02-25 10:00:00"):
            subscription.write({"state": "past_due"})
        self._bill("2026-03-01 12:00:00")
        self.assertEqual(subscription.period_no, 1)
        with freeze_time("2026-03-01 13:00:00"):
            subscription.write({"state": "active"})
        self._bill("2026-03-01 14:00:00")
        self.assertEqual(subscription.period_no, 2)
        self.assertFalse(subscription.grace_until)

    def test_a_poisoned_record_stops_nobody(self):
        self.monthly.write({"term_count": 1, "renewal_mode": "auto"})
        poisoned, sound = (
            self._subscribe(at="2026-01-01 10:00:00") for _one in range(2)
        )
        model = self.env.registry["sales.subscription"]
        renew = model._renew_by_itself

        def renew_or_fail(subscription):
            if subscription == poisoned:
                raise ValueError("Poison")
            return renew(subscription)

        self.patch(model, "_renew_by_itself", renew_or_fail)
        self._live("2026-02-01 12:00:00")
        self.assertEqual(str(sound.end_date), "2026-02-28")
        self.assertEqual(str(poisoned.end_date), "2026-01-31")
        self.assertEqual(poisoned.billing_error, "Poison")
