from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ...exceptions import PlanMigrationError
from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestMigration(SubscriptionCommon):
    """Many subscriptions move to another plan, with a preview and a way back."""

    def setUp(self):
        super().setUp()
        self.basic = self._new_plan(
            "Basic", term_count=3, renewal_mode="auto", sequence=1
        )
        self.v2 = self._new_plan("Basic v2", term_count=3, renewal_mode="auto")
        self.care.product_tmpl_id.sales_plan_id = self.basic
        self.env["sales.plan.price"].create(
            {
                "plan_id": self.v2.id,
                "product_tmpl_id": self.care.product_tmpl_id.id,
                "currency_id": self.company.currency_id.id,
                "pricing": "per_unit",
                "price": 60.0,
            }
        )
        self.subscriptions = self.env["sales.subscription"].union(
            *(
                self._subscribe((self.care, quantity), at=f"2026-01-{day} 10:00:00")
                for quantity, day in ((1, "31"), (2, "15"), (3, "10"))
            )
        )

    def _new_migration(self, **values):
        return (
            self.env["sales.plan.migration"]
            .with_user(self.manager)
            .create({"plan_id": self.basic.id, "new_plan_id": self.v2.id, **values})
        )

    def _start(self, migration, at="2026-02-20 12:00:00"):
        with freeze_time(at):
            migration.action_start()
        self._run_cron("ir_cron_migrate", at)

    def test_preview(self):
        migration = self._new_migration()
        self.assertEqual(migration.subscription_count, 3)
        # Ten more for each of six units.
        self.assertEqual(migration.mrr_delta, 60.0)
        migration.keep_prices = True
        self.assertEqual(migration.mrr_delta, 0.0)
        migration.write(
            {"keep_prices": False, "domain": "[('amount_untaxed', '>', 60)]"}
        )
        self.assertEqual((migration.subscription_count, migration.mrr_delta), (2, 50.0))
        self.assertFalse(self.subscriptions.change_ids)

    def test_each_at_its_renewal_on_its_own_anchor(self):
        anchors = self.subscriptions.mapped("anchor_date")
        before = sum(self.subscriptions.mapped("mrr"))
        migration = self._new_migration()
        delta = migration.mrr_delta
        self._start(migration)
        self.assertEqual(migration.state, "done")
        self.assertEqual((migration.arranged_count, migration.failed_count), (3, 0))
        self.assertEqual(
            sorted(map(str, migration.change_ids.mapped("date"))),
            ["2026-04-10", "2026-04-15", "2026-04-30"],
        )
        for month, days in ((2, (10, 15, 28)), (3, (10, 15, 31)), (4, (9, 10, 15, 30))):
            for day in days:
                self._run_cron("ir_cron_lifecycle", f"2026-{month:02}-{day} 11:00:00")
                self._bill(f"2026-{month:02}-{day} 12:00:00")
                if (month, day) == (4, 9):
                    self.assertEqual(self.subscriptions.plan_id, self.basic)
        self.assertEqual(self.subscriptions.plan_id, self.v2)
        self.assertEqual(migration.made_count, 3)
        self.assertEqual(self.subscriptions.mapped("anchor_date"), anchors)
        self.assertEqual(
            [str(one.period_ids[0].date_start) for one in self.subscriptions],
            ["2026-04-30", "2026-04-15", "2026-04-10"],
        )
        self.assertEqual(sum(self.subscriptions.mapped("mrr")), before + delta)

    def test_cancelling_leaves_all_unchanged(self):
        migration = self._new_migration()
        self._start(migration)
        with freeze_time("2026-02-21 12:00:00"):
            migration.action_cancel()
        self.assertEqual(set(migration.change_ids.mapped("state")), {"undone"})
        for at in ("2026-04-10", "2026-04-15", "2026-04-30"):
            self._run_cron("ir_cron_lifecycle", f"{at} 11:00:00")
        self.assertEqual(self.subscriptions.plan_id, self.basic)
        self.assertEqual(migration.state, "cancelled")

    def test_prices_are_protected(self):
        migration = self._new_migration(keep_prices=True, effective="next_period")
        self._start(migration)
        for at in ("2026-02-28", "2026-03-10", "2026-03-15"):
            self._bill(f"{at} 12:00:00")
        self.assertEqual(self.subscriptions.plan_id, self.v2)
        self.assertEqual(set(self.subscriptions.line_ids.mapped("price_unit")), {50.0})

    def test_the_customer_is_told_once(self):
        self._start(self._new_migration())
        for subscription in self.subscriptions:
            mails = subscription.message_ids.filtered(
                lambda one: self.customer in one.notified_partner_ids
            )
            self.assertEqual(len(mails), 1)
            self.assertIn("Basic v2", mails.body)

    def test_or_not_at_all(self):
        self._start(self._new_migration(notify=False))
        mails = self.subscriptions.message_ids.filtered(
            lambda one: self.customer in one.notified_partner_ids
        )
        self.assertFalse(mails)

    def test_one_that_cannot_stops_no_other(self):
        poisoned = self.subscriptions[1]
        model = type(self.env["sales.subscription.change"])
        confirm = model.action_confirm

        def fail(change):
            if change.subscription_id == poisoned:
                raise ValidationError("not this one")
            return confirm(change)

        migration = self._new_migration()
        self.patch(model, "action_confirm", fail)
        self._start(migration)
        self.assertEqual((migration.arranged_count, migration.failed_count), (2, 1))
        self.assertEqual(migration.state, "done")
        [activity] = poisoned.activity_ids
        self.assertIn("not this one", activity.note)

    def test_refusals(self):
        other = self._new_plan("Weekly", interval_unit="week")
        for values in (
            {"new_plan_id": other.id},
            {"domain": "[('id', '=', 0)]"},
            {"effective": "date"},
        ):
            migration = self._new_migration(**values)
            with self.assertRaises(PlanMigrationError), self.env.cr.savepoint():
                migration.action_start()
        migration = self._new_migration(domain="__import__('os').getcwd()")
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            migration.action_start()
        with self.assertRaises(AccessError):
            migration.with_user(self.salesman).action_start()
