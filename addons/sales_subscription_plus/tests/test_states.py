from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from ..exceptions import SubscriptionLockedError, SubscriptionStateError
from ..models.sales_subscription_state import MOVES
from .common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestStates(SubscriptionCommon):
    def test_starts_by_hand(self):
        subscription = self._new_subscription(False)
        self.assertEqual((subscription.state, subscription.period_no), ("draft", 0))
        with freeze_time("2026-04-15 12:00:00"):
            subscription.action_start()
        self.assertEqual(subscription.state, "active")
        self.assertEqual(str(subscription.anchor_date), "2026-04-15")
        self.assertEqual(str(subscription.next_billing_date), "2026-04-15")

    def test_each_move_leaves_one_event_with_its_user(self):
        subscription = self._subscribe()
        subscription.with_user(self.colleague).action_pause()
        subscription.with_user(self.colleague).action_resume()
        subscription.action_cancel()
        self.assertEqual(
            self._get_events(subscription),
            [
                "subscription.created",
                "subscription.active",
                "subscription.paused",
                "subscription.resumed",
                "subscription.cancelled",
            ],
        )
        events = self.env["sales.audit.event"].search(
            [("res_id", "=", subscription.id), ("code", "=", "subscription.paused")]
        )
        self.assertEqual(events.user_id, self.colleague)
        self.assertTrue(events.date)

    def test_every_move_outside_the_table_is_refused(self):
        # Written by hand from the states a subscription may have; not read from MOVES.
        forbidden = {
            "draft": ("paused", "expired"),
            "active": ("draft",),
            "paused": ("draft",),
            "cancelled": ("active", "paused", "expired"),
            "expired": ("draft", "active", "paused", "cancelled"),
        }
        for state, targets in forbidden.items():
            self.assertFalse(MOVES[state] & set(targets))
            for target in targets:
                subscription = self._get_in_state(state)
                with self.assertRaises(SubscriptionStateError, msg=(state, target)):
                    subscription.write({"state": target})

    def _get_in_state(self, state):
        subscription = self._new_subscription("2026-01-01", end_date="2026-01-20")
        path = {
            "draft": (),
            "active": ("active",),
            "paused": ("active", "paused"),
            "cancelled": ("cancelled",),
            "expired": ("active", "expired"),
        }
        with freeze_time("2026-02-01 12:00:00"):
            for step in path[state]:
                subscription.write({"state": step})
        return subscription

    def test_writing_the_state_does_all_the_button_does(self):
        subscription = self._subscribe(at="2026-01-31 10:00:00")
        with freeze_time("2026-02-10 10:00:00"):
            subscription.write({"state": "paused"})
        self.assertEqual(str(subscription.paused_from), "2026-02-10")
        self.assertFalse(subscription.next_billing_date)

    def test_rpc_cannot_create_a_running_subscription(self):
        with self.assertRaisesRegex(SubscriptionStateError, "begin as a draft"):
            self._new_subscription("2026-01-01", state="active")

    def test_start_needs_lines(self):
        subscription = self._new_subscription("2026-01-01")
        subscription.line_ids = [Command.clear()]
        with self.assertRaisesRegex(SubscriptionStateError, "has no lines"):
            subscription.action_start()

    def test_reckoned_fields_cannot_be_set(self):
        subscription = self._subscribe()
        for name, value in (
            ("period_no", 5),
            ("next_billing_date", "2020-01-01"),
            ("current_start", "2020-01-01"),
        ):
            with self.assertRaisesRegex(SubscriptionLockedError, "cannot be set"):
                subscription.write({name: value})

    def test_what_happened_cannot_be_set_by_hand(self):
        subscription = self._subscribe().with_user(self.manager)
        for name, value in (
            ("cancel_on", "2027-01-01"),
            ("trial_until", "2027-01-01"),
            ("grace_until", "2027-01-01"),
            ("paused_from", "2026-01-01"),
            ("ended_on", "2026-01-01"),
        ):
            with self.assertRaisesRegex(SubscriptionLockedError, "Use the buttons"):
                subscription.write({name: value})
            with self.assertRaisesRegex(SubscriptionLockedError, "Use the buttons"):
                self._new_subscription("2026-01-01", **{name: value})
        line = self._new_order((self.care, 1)).order_line
        for name, value in (
            ("sales_subscription_role", "agreement"),
            ("sales_subscription_line_id", subscription.sudo().line_ids.id),
        ):
            with self.assertRaisesRegex(SubscriptionLockedError, "by hand"):
                line.write({name: value})

    def test_what_was_agreed_is_fixed_once_started(self):
        subscription = self._subscribe()
        for name, value in (
            ("anchor_date", "2025-01-31"),
            ("plan_id", self.yearly.id),
            ("partner_id", self.salesman.partner_id.id),
        ):
            with self.assertRaisesRegex(SubscriptionLockedError, "fixed since"):
                subscription.write({name: value})
        subscription.write({"anchor_date": "2026-01-31", "plan_id": self.monthly.id})
        draft = self._new_subscription("2026-01-01")
        draft.write({"anchor_date": "2025-01-31", "plan_id": self.yearly.id})
        self.assertEqual(draft.plan_id, self.yearly)

    # === Pause === #

    def test_periods_that_begin_during_a_pause_are_not_billed(self):
        subscription = self._subscribe(at="2026-01-31 10:00:00")
        with freeze_time("2026-02-20 10:00:00"):
            subscription.action_pause()
        self._bill("2026-04-15 12:00:00")
        self.assertEqual(len(subscription.period_ids), 1)
        with freeze_time("2026-04-15 13:00:00"):
            subscription.action_resume()
        self.assertEqual(
            self._get_ledger(subscription)[1:],
            [
                (2, "2026-02-28", "2026-03-30", "paused"),
                (3, "2026-03-31", "2026-04-29", "paused"),
            ],
        )
        # The anchor is kept: 30 April, then 31 May.
        self.assertEqual(str(subscription.next_billing_date), "2026-04-30")
        self.assertFalse(subscription.paused_from)

    def test_a_period_due_before_the_pause_is_billed_after_it(self):
        subscription = self._subscribe(at="2026-01-31 10:00:00")
        with freeze_time("2026-03-05 10:00:00"):
            subscription.action_pause()
        with freeze_time("2026-04-10 10:00:00"):
            subscription.action_resume()
        self._bill("2026-04-10 12:00:00")
        self.assertEqual(
            [row[3] for row in self._get_ledger(subscription)],
            ["ordered", "invoiced", "paused"],
        )
        self.assertEqual(str(subscription.next_billing_date), "2026-04-30")

    def test_a_period_that_begins_on_the_day_of_resuming_is_billed(self):
        subscription = self._subscribe(at="2026-01-31 10:00:00")
        with freeze_time("2026-02-20 10:00:00"):
            subscription.action_pause()
        with freeze_time("2026-02-28 10:00:00"):
            subscription.action_resume()
        self._bill("2026-02-28 12:00:00")
        self.assertEqual(subscription.period_no, 2)
        self.assertEqual(subscription.period_ids[0].state, "invoiced")

    def test_only_paused_ones_resume(self):
        with self.assertRaisesRegex(SubscriptionStateError, "Only paused"):
            self._new_subscription("2026-01-01").action_resume()

    # === End === #

    def test_expires_after_its_last_period(self):
        self.monthly.term_count = 2
        subscription = self._subscribe(at="2026-01-31 10:00:00")
        self.assertEqual(str(subscription.end_date), "2026-03-30")
        # Downtime: the second period is billed first, the end is not skipped.
        self._run_cron("ir_cron_lifecycle", "2026-05-01 12:00:00")
        self.assertEqual(subscription.state, "active")
        self._bill("2026-05-01 12:00:00")
        self.assertEqual(subscription.period_no, 2)
        self.assertFalse(subscription.next_billing_date)
        self._run_cron("ir_cron_lifecycle", "2026-05-01 12:00:00")
        self.assertEqual(subscription.state, "expired")
        self._bill("2026-06-01 12:00:00")
        self.assertEqual(subscription.period_no, 2)

    def test_does_not_expire_on_its_last_day(self):
        self.monthly.term_count = 1
        subscription = self._subscribe(at="2026-01-31 10:00:00")
        self._run_cron("ir_cron_lifecycle", "2026-02-27 23:59:00")
        self.assertEqual(subscription.state, "active")
        self._run_cron("ir_cron_lifecycle", "2026-02-28 00:00:00")
        self.assertEqual(subscription.state, "expired")

    def test_expiring_by_hand_needs_the_end(self):
        with self.assertRaisesRegex(SubscriptionStateError, "Cancel it instead"):
            self._subscribe().write({"state": "expired"})

    def test_renewal_moves_the_end_by_a_term(self):
        self.monthly.term_count = 2
        subscription = self._subscribe(at="2026-01-31 10:00:00")
        self.assertTrue(subscription.can_renew)
        subscription.action_renew()
        self.assertEqual(str(subscription.end_date), "2026-05-30")
        subscription.action_renew()
        self.assertEqual(str(subscription.end_date), "2026-07-30")
        self.assertEqual(
            self._get_events(subscription).count("subscription.renewed"), 2
        )

    def test_nothing_to_renew_without_a_term(self):
        subscription = self._subscribe()
        self.assertFalse(subscription.can_renew)
        with self.assertRaisesRegex(SubscriptionStateError, "no term"):
            subscription.action_renew()

    # === Delete, reset === #

    def test_only_unbilled_drafts_are_deleted(self):
        draft = self._new_subscription("2026-01-01").with_user(self.manager)
        draft.unlink()
        started = self._subscribe().with_user(self.manager)
        with self.assertRaisesRegex(SubscriptionLockedError, "cannot be deleted"):
            started.unlink()

    def test_a_cancelled_one_is_reset_only_without_billed_periods(self):
        draft = self._new_subscription("2026-01-01")
        draft.action_cancel()
        draft.action_draft()
        self.assertEqual(draft.state, "draft")
        billed = self._subscribe()
        billed.action_cancel()
        with self.assertRaisesRegex(SubscriptionStateError, "periods are billed"):
            billed.action_draft()

    def test_changed_lines_leave_an_event(self):
        subscription = self._subscribe()
        subscription.line_ids.price_unit = 40.0
        subscription.line_ids = [Command.create({"product_id": self.box.id})]
        subscription.line_ids[0].unlink()
        self.assertEqual(
            self._get_events(subscription).count("subscription.line_changed"), 3
        )
