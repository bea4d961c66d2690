from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..exceptions import SubscriptionChangeError
from .common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestChange(SubscriptionCommon):
    def setUp(self):
        super().setUp()
        self.seat = self._new_recurring("Seat", 30.0, self.monthly, type="service")

    def _start(self, *lines, start="2026-04-01", plan=None, **values):
        subscription = self._new_subscription(
            start,
            *lines or ((self.seat, 1),),
            plan_id=(plan or self.monthly).id,
            **values,
        )
        with freeze_time(f"{start} 08:00:00"):
            subscription.action_start()
        self._bill(f"{start} 12:00:00")
        return subscription

    def _change(self, subscription, at, user=None, **vals):
        """Make a change as the salesman at noon of a day."""
        with freeze_time(f"{at} 12:00:00"):
            change = (
                self.env["sales.subscription.change"]
                .with_user(user or self.salesman)
                .create(
                    {
                        "subscription_id": subscription.id,
                        "line_id": subscription.line_ids[:1].id,
                        **vals,
                    }
                )
            )
            change.action_confirm()
        self.env.invalidate_all()
        return change.sudo()

    def _get_charges(self, change):
        return [(row.kind, row.amount) for row in change.charge_ids.sorted("id")]

    # === To the day === #

    def test_upgrade_in_the_middle_of_april(self):
        subscription = self._start()
        change = self._change(subscription, "2026-04-16", kind="price", price_unit=60.0)
        self.assertEqual(
            self._get_charges(change), [("credit", -15.0), ("charge", 30.0)]
        )
        row = change.charge_ids.period_id
        self.assertEqual(
            (row.kind, row.amount, row.state), ("adjustment", 15.0, "invoiced")
        )
        self.assertEqual(row.move_id.amount_untaxed, 15.0)
        self.assertEqual(row.move_id.move_type, "out_invoice")
        self.assertEqual((change.amount_before, change.amount_after), (30.0, 60.0))
        self._bill("2026-05-01 12:00:00")
        self.assertEqual(subscription.period_ids[0].amount, 60.0)

    def test_leap_february_counts_29_days(self):
        subscription = self._start((self.seat, 29), start="2028-02-01")
        change = self._change(subscription, "2028-02-20", kind="price", price_unit=60.0)
        # 10 of 29 days of 870 and of 1740.
        self.assertEqual(
            self._get_charges(change), [("credit", -300.0), ("charge", 600.0)]
        )

    def test_fewer_gives_money_back(self):
        subscription = self._start((self.seat, 4))
        change = self._change(subscription, "2026-04-16", kind="quantity", quantity=1)
        self.assertEqual(
            self._get_charges(change), [("credit", -60.0), ("charge", 15.0)]
        )
        move = change.charge_ids.period_id.move_id
        self.assertEqual((move.move_type, move.amount_untaxed), ("out_refund", 45.0))
        self.assertEqual(change.charge_ids.period_id.state, "invoiced")

    def test_with_the_next_order(self):
        self.monthly.proration_mode = "next_invoice"
        subscription = self._start()
        change = self._change(subscription, "2026-04-16", kind="quantity", quantity=2)
        self.assertFalse(change.charge_ids.period_id)
        self._bill("2026-05-01 12:00:00")
        row = subscription.period_ids[0]
        self.assertEqual(row.amount, 60.0 - 15.0 + 30.0)
        self.assertEqual(change.charge_ids.period_id, row)
        self._bill("2026-06-01 12:00:00")
        self.assertEqual(subscription.period_ids[0].amount, 60.0)

    def test_not_at_all(self):
        self.monthly.proration_mode = "none"
        subscription = self._start()
        change = self._change(subscription, "2026-04-16", kind="quantity", quantity=2)
        self.assertFalse(change.charge_ids)
        self.assertEqual(subscription.amount_untaxed, 60.0)

    def test_credit_at_the_tax_that_was_billed(self):
        old = self.env["account.tax"].create({"name": "Old 19%", "amount": 19.0})
        new = self.env["account.tax"].create({"name": "New 7%", "amount": 7.0})
        self.seat.taxes_id = old
        subscription = self._start()
        subscription.line_ids.tax_ids = new
        change = self._change(subscription, "2026-04-16", kind="quantity", quantity=2)
        credit, charge = change.charge_ids.sorted("id")
        self.assertEqual((credit.tax_ids, charge.tax_ids), (old, new))
        self.assertEqual(
            change.charge_ids.period_id.amount, round(-15 * 1.19 + 30 * 1.07, 2)
        )

    def test_a_stub_is_settled_against_the_full_month(self):
        plan = self._new_plan("First", anchor_mode="month_day", anchor_day=1)
        seat = self._new_recurring("Seat 31", 31.0, plan, type="service")
        subscription = self._start((seat, 1), start="2026-07-15", plan=plan)
        change = self._change(subscription, "2026-07-22", kind="quantity", quantity=2)
        self.assertEqual(
            self._get_charges(change), [("credit", -10.0), ("charge", 20.0)]
        )

    def test_in_arrears_days_passed_are_billed_at_the_old_price(self):
        plan = self._new_plan("After", billing_timing="arrears")
        subscription = self._start(plan=plan)
        self._change(subscription, "2026-04-16", kind="price", price_unit=60.0)
        self._bill("2026-05-01 12:00:00")
        self.assertEqual(
            subscription.period_ids.filtered(lambda row: row.kind == "regular").amount
            + sum(
                subscription.period_ids.filtered(
                    lambda row: row.kind == "adjustment"
                ).mapped("amount")
            ),
            15.0 + 30.0,
        )

    # === Kinds === #

    def test_preview_to_the_cent_leaves_nothing(self):
        subscription = self._start()
        with freeze_time("2026-04-16 12:00:00"):
            change = (
                self.env["sales.subscription.change"]
                .with_user(self.salesman)
                .create(
                    {
                        "subscription_id": subscription.id,
                        "kind": "quantity",
                        "line_id": subscription.line_ids.id,
                        "quantity": 2,
                    }
                )
            )
            found = change.preview()
            self.assertEqual(
                found,
                {
                    "date": "2026-04-16",
                    "credit": -15.0,
                    "charge": 30.0,
                    "net": 15.0,
                    "amount_before": 30.0,
                    "amount_after": 60.0,
                },
            )
            change.action_preview()
            self.assertIn("15.00", change.preview_text)
            self.assertEqual(subscription.line_ids.quantity, 1)
            self.assertFalse(change.sudo().charge_ids)
            change.action_confirm()
        self.assertEqual(sum(change.sudo().charge_ids.mapped("amount")), found["net"])

    def test_another_product_with_the_next_period(self):
        subscription = self._start()
        change = self._change(
            subscription,
            "2026-04-16",
            kind="substitute",
            product_id=self.care.id,
            effective="next_period",
        )
        self.assertEqual((change.state, str(change.date)), ("scheduled", "2026-05-01"))
        self.assertEqual(subscription.line_ids.product_id, self.seat)
        self._bill("2026-05-01 12:00:00")
        self.assertEqual(change.state, "applied")
        self.assertFalse(change.charge_ids)
        row = subscription.period_ids[0]
        self.assertEqual(row.order_line_ids.product_id, self.care)
        self.assertEqual(row.amount, 50.0)

    def test_add_and_take_out(self):
        subscription = self._start()
        added = self._change(
            subscription, "2026-04-16", kind="add", product_id=self.care.id, quantity=2
        )
        self.assertEqual(self._get_charges(added), [("charge", 50.0)])
        self.assertEqual(subscription.amount_untaxed, 130.0)
        removed = self._change(
            subscription,
            "2026-04-26",
            kind="remove",
            line_id=subscription.line_ids.filtered(
                lambda line: line.product_id == self.seat
            ).id,
        )
        self.assertEqual(self._get_charges(removed), [("credit", -5.0)])
        self.assertEqual(removed.product_id, self.seat)
        with self.assertRaisesRegex(SubscriptionChangeError, "last line"):
            self._change(subscription, "2026-04-27", kind="remove")

    def test_on_a_day_and_undone(self):
        subscription = self._start()
        first = self._change(
            subscription,
            "2026-04-10",
            kind="quantity",
            quantity=2,
            effective="date",
            date="2026-04-16",
        )
        undone = self._change(
            subscription,
            "2026-04-10",
            kind="quantity",
            quantity=9,
            effective="date",
            date="2026-04-20",
        )
        self.assertEqual(str(subscription.next_change_date), "2026-04-16")
        with freeze_time("2026-04-11 12:00:00"):
            undone.with_user(self.salesman).action_undo()
        for _run in range(2):
            self._run_cron("ir_cron_lifecycle", "2026-04-21 12:00:00")
        self.assertEqual((first.state, undone.state), ("applied", "undone"))
        self.assertEqual(subscription.line_ids.quantity, 2)
        self.assertEqual(
            self._get_charges(first), [("credit", -15.0), ("charge", 30.0)]
        )
        with self.assertRaisesRegex(SubscriptionChangeError, "made already"):
            first.with_user(self.salesman).action_undo()

    def test_what_does_not_fit_is_refused(self):
        subscription = self._start()
        other = self._start()
        table = [
            ({"kind": "quantity", "quantity": -1}, "above zero"),
            ({"kind": "quantity"}, "say which"),
            ({"kind": "add", "quantity": 1}, "say which"),
            (
                {"kind": "quantity", "quantity": 2, "line_id": other.line_ids.id},
                "another subscription",
            ),
            ({"kind": "price", "effective": "date"}, "on which day"),
        ]
        for vals, text in table:
            with self.assertRaisesRegex(SubscriptionChangeError, text):
                self._change(subscription, "2026-04-16", **vals)
        subscription.action_cancel()
        with self.assertRaisesRegex(SubscriptionChangeError, "not running"):
            self._change(subscription, "2026-04-16", kind="quantity", quantity=2)

    def test_nobody_pretends_a_change_was_made(self):
        subscription = self._start()
        changes = self.env["sales.subscription.change"].with_user(self.salesman)
        vals = {
            "subscription_id": subscription.id,
            "kind": "quantity",
            "line_id": subscription.line_ids.id,
            "quantity": 2,
        }
        with self.assertRaisesRegex(SubscriptionChangeError, "begins as a draft"):
            changes.create({**vals, "state": "applied"})
        with self.assertRaisesRegex(SubscriptionChangeError, "Undo it first"):
            changes.create(vals).write({"state": "applied"})
        change = self._change(subscription, "2026-04-16", **vals)
        with self.assertRaisesRegex(SubscriptionChangeError, "Undo it first"):
            change.with_user(self.salesman).quantity = 5
        with self.assertRaisesRegex(SubscriptionChangeError, "can be deleted"):
            change.with_user(self.salesman).unlink()
        with self.assertRaises(AccessError):
            change.charge_ids.with_user(self.salesman).write({"amount": 0})

    @mute_logger("odoo.sql_db")
    def test_the_database_charges_a_change_once(self):
        subscription = self._start()
        change = self._change(subscription, "2026-04-16", kind="quantity", quantity=2)
        charge = change.charge_ids[:1]
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            charge.copy({"period_id": False})
            self.env.flush_all()

    # === Plans === #

    def _new_family(self):
        family = self.env["sales.plan.family"].create({"name": "Shop"})
        plans = [
            self._new_plan(name, family_id=family.id, tier_rank=rank)
            for rank, name in enumerate(("Basic", "Pro", "Business"))
        ]
        for plan, price in zip(plans, (30.0, 60.0, 90.0), strict=True):
            plan.price_ids = [
                Command.create({"product_id": self.seat.id, "price": price})
            ]
        return plans

    def test_plans_of_a_family(self):
        basic, pro, business = self._new_family()
        basic.allowed_plan_ids = pro
        subscription = self._start(plan=basic)
        self.assertEqual(basic._get_switch_plans(), pro)
        self.assertEqual(pro._get_switch_plans(), basic | business)
        mine = subscription.with_user(self.salesman)
        with freeze_time("2026-04-16 12:00:00"):
            for plan in (business, self.yearly):
                with self.assertRaisesRegex(UserError, "one cannot go from"):
                    mine.change_plan(plan_id=plan.id)
            mine.change_plan(plan_id=pro.id)
        self.assertEqual(
            (subscription.plan_id, subscription.amount_untaxed), (pro, 60.0)
        )
        self.assertEqual(
            self._get_charges(subscription.change_ids[0]),
            [("credit", -15.0), ("charge", 30.0)],
        )
        self._bill("2026-05-01 12:00:00")
        self.assertEqual(str(subscription.period_ids[0].date_start), "2026-05-01")

    def test_another_rhythm_begins_at_once(self):
        basic, pro, _business = self._new_family()
        pro.interval_unit = "year"
        subscription = self._start(plan=basic)
        with freeze_time("2026-04-16 12:00:00"):
            subscription.with_user(self.salesman).change_plan(plan_id=pro.id)
        self.assertEqual(
            self._get_charges(subscription.change_ids), [("credit", -15.0)]
        )
        self._bill("2026-04-16 13:00:00")
        regular = subscription.period_ids.filtered(lambda row: row.kind == "regular")
        self.assertEqual(
            [
                (row.period_no, str(row.date_start), str(row.date_end), row.amount)
                for row in regular.sorted("period_no")
            ],
            [
                (1, "2026-04-01", "2026-04-30", 30.0),
                (2, "2026-04-16", "2027-04-15", 60.0),
            ],
        )
        self._bill("2026-05-20 13:00:00")
        self.assertEqual(subscription.period_no, 2)

    def test_strangers_are_not_allowed_to_follow(self):
        basic, _pro, _business = self._new_family()
        with self.assertRaisesRegex(UserError, "another family"):
            basic.allowed_plan_ids = self.yearly
