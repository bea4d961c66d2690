from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ..exceptions import SubscriptionLockedError
from .common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestAnchor(SubscriptionCommon):
    """Periods that begin on fixed days, stubs, timing and shared invoices."""

    def _start(self, plan, start, *lines, at=None, **values):
        subscription = self._new_subscription(
            start, *lines or ((self.care, 1),), plan_id=plan.id, **values
        )
        with freeze_time(at or f"{start} 09:00:00"):
            subscription.action_start()
        return subscription

    def _get_amounts(self, subscription):
        return [row.amount for row in subscription.period_ids.sorted("period_no")]

    # === Frequency === #

    def test_documented_dates_of_plans(self):
        table = {
            (10, "day", "2026-02-20"): ["02-20", "03-02", "03-12"],
            (1, "quarter", "2025-11-30"): ["11-30", "02-28", "05-30"],
            (1, "month", "2026-01-31"): ["01-31", "02-28", "03-31", "04-30"],
        }
        for (count, unit, start), days in table.items():
            plan = self._new_plan("X", interval_count=count, interval_unit=unit)
            subscription = self._start(plan, start)
            for _period in days:
                at = f"{subscription.next_billing_date} 12:00:00"
                self._bill(at)
            ledger = self._get_ledger(subscription)
            self.assertEqual([row[1][5:] for row in ledger], days)

    def test_yearly_on_29_february(self):
        plan = self._new_plan(
            "Leap",
            interval_unit="year",
            anchor_mode="year_day",
            anchor_month="2",
            anchor_day=29,
            first_period="free",
        )
        subscription = self._start(plan, "2026-02-01")
        self._bill("2028-03-01 12:00:00")
        self.assertEqual(
            [row[1:] for row in self._get_ledger(subscription)],
            [
                ("2026-02-01", "2026-02-27", "skipped"),
                ("2026-02-28", "2027-02-27", "invoiced"),
                ("2027-02-28", "2028-02-28", "invoiced"),
                ("2028-02-29", "2029-02-27", "invoiced"),
            ],
        )

    def test_a_mode_goes_with_its_units(self):
        with self.assertRaisesRegex(ValidationError, "goes with weeks"):
            self._new_plan("X", interval_unit="day", anchor_mode="month_day")
        with self.assertRaisesRegex(ValidationError, "goes with weeks"):
            self._new_plan("X", interval_unit="month", anchor_mode="weekday")

    def test_fixed_days_cannot_move_below_subscriptions(self):
        plan = self._new_plan("X", anchor_mode="month_day", anchor_day=1)
        self._start(plan, "2026-07-15")
        with self.assertRaisesRegex(SubscriptionLockedError, "create a new one"):
            plan.anchor_day = 15

    # === Short periods === #

    def test_stub_costs_its_days(self):
        plan = self._new_plan("First", anchor_mode="month_day", anchor_day=1)
        care = self._new_recurring("Care 31", 31.0, plan, type="service")
        subscription = self._start(plan, "2026-07-15", (care, 1))
        self._bill("2026-07-15 12:00:00")
        self._bill("2026-08-01 12:00:00")
        self.assertEqual(
            [row[:3] for row in self._get_ledger(subscription)],
            [(1, "2026-07-15", "2026-07-31"), (2, "2026-08-01", "2026-08-31")],
        )
        # 17 of 31 days.
        self.assertEqual(self._get_amounts(subscription), [17.0, 31.0])
        first = subscription.period_ids.sorted("period_no")[0]
        self.assertEqual(first.move_id.amount_untaxed, 17.0)

    def test_stub_at_full_price_or_free(self):
        for policy, amounts in (("full", [50.0, 50.0]), ("free", [0.0, 50.0])):
            plan = self._new_plan(
                policy, anchor_mode="month_day", anchor_day=1, first_period=policy
            )
            subscription = self._start(plan, "2026-07-15")
            self._bill("2026-08-01 12:00:00")
            self.assertEqual(self._get_amounts(subscription), amounts)

    def test_end_date_within_a_period_costs_its_days(self):
        subscription = self._start(self.monthly, "2026-04-01", end_date="2026-05-10")
        self._bill("2026-06-20 12:00:00")
        # 10 of the 31 days of May.
        self.assertEqual(self._get_amounts(subscription), [50.0, 16.13])
        self._run_cron("ir_cron_lifecycle", "2026-06-20 12:00:00")
        self.assertEqual(subscription.state, "expired")

    def test_order_on_a_fixed_day_agrees_and_the_period_bills(self):
        plan = self._new_plan("First", anchor_mode="month_day", anchor_day=1)
        box = self._new_recurring("Box 31", 31.0, plan, is_storable=True)
        subscription = self._subscribe((box, 1), at="2026-07-15 10:00:00")
        order = subscription.origin_order_id
        # Neither delivered nor invoiced by the order: the first period does both.
        self.assertFalse(order.picking_ids)
        self.assertEqual(order.invoice_status, "no")
        self.assertEqual(subscription.period_no, 0)
        self._bill("2026-07-15 12:00:00")
        period = subscription.period_ids
        self.assertEqual(period.amount, 17.0)
        self.assertEqual(period.order_id.picking_ids.move_ids.product_id, box)

    # === When it is billed === #

    def test_arrears(self):
        plan = self._new_plan("After", billing_timing="arrears")
        subscription = self._start(plan, "2026-01-31")
        self.assertEqual(str(subscription.next_billing_date), "2026-02-28")
        self._bill("2026-02-27 12:00:00")
        self.assertEqual(subscription.period_no, 0)
        self._bill("2026-02-28 12:00:00")
        self.assertEqual(
            self._get_ledger(subscription),
            [(1, "2026-01-31", "2026-02-27", "invoiced")],
        )
        self.assertEqual(str(subscription.next_billing_date), "2026-03-31")

    def test_some_days_earlier(self):
        plan = self._new_plan("Early", lead_days=5)
        subscription = self._start(plan, "2026-03-10", at="2026-03-01 09:00:00")
        self.assertEqual(str(subscription.next_billing_date), "2026-03-05")
        self._bill("2026-03-05 12:00:00")
        self.assertEqual(
            self._get_ledger(subscription),
            [(1, "2026-03-10", "2026-04-09", "invoiced")],
        )

    def test_earlier_and_later_at_once_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "cannot be billed earlier"):
            self._new_plan("X", lead_days=5, billing_timing="arrears")

    # === Shared invoices === #

    def test_two_subscriptions_on_one_invoice(self):
        plan = self._new_plan("Shared", consolidate=True)
        one = self._start(plan, "2026-03-01")
        two = self._start(plan, "2026-03-01", (self.care, 2))
        alone = self._start(self._new_plan("Alone"), "2026-03-01")
        self._bill("2026-03-01 12:00:00")
        self.assertEqual((one | two).period_ids.mapped("state"), ["ordered"] * 2)
        self._invoice("2026-03-01 12:10:00")
        move = one.period_ids.move_id
        self.assertEqual(len(move), 1)
        self.assertEqual(two.period_ids.move_id, move)
        self.assertEqual((move.amount_untaxed, move.state), (150.0, "posted"))
        self.assertNotEqual(alone.period_ids.move_id, move)
        self._invoice("2026-03-01 12:20:00")
        self.assertEqual(len((one | two).period_ids.order_id.invoice_ids), 1)

    def test_other_terms_are_not_shared(self):
        plan = self._new_plan("Shared", consolidate=True)
        term = self.env["account.payment.term"].create({"name": "Later"})
        one = self._start(plan, "2026-03-01")
        other = self._start(plan, "2026-03-01", payment_term_id=term.id)
        self._bill("2026-03-01 12:00:00")
        self._invoice("2026-03-01 12:10:00")
        self.assertTrue(one.period_ids.move_id and other.period_ids.move_id)
        self.assertNotEqual(one.period_ids.move_id, other.period_ids.move_id)

    # === Lines with a span of their own === #

    def test_a_line_for_some_days(self):
        subscription = self._start(self.monthly, "2026-04-01")
        subscription.line_ids = [
            Command.create(
                {
                    "product_id": self.care.id,
                    "price_unit": 30.0,
                    "date_from": "2026-04-16",
                    "date_to": "2026-05-31",
                }
            )
        ]
        for at in ("2026-04-01", "2026-05-01", "2026-06-01"):
            self._bill(f"{at} 12:00:00")
        self.assertEqual(self._get_amounts(subscription), [65.0, 80.0, 50.0])
