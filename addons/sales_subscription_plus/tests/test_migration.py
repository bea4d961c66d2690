from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from ..exceptions import SubscriptionChangeError
from .common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestMigration(SubscriptionCommon):
    def setUp(self):
        super().setUp()
        self.basic = self._new_plan("Basic")
        self.second = self._new_plan("Basic v2")
        self.seat = self._new_recurring("Seat", 30.0, self.basic, type="service")
        self.second.price_ids = [
            Command.create({"product_id": self.seat.id, "price": 36.0})
        ]
        self.subscriptions = self.env["sales.subscription"].union(
            *(
                self._subscribe((self.seat, 1), at=f"2026-01-{day:02} 10:00:00")
                for day in (5, 20, 31)
            )
        )

    def _new_migration(self, **values):
        return (
            self.env["sales.plan.migration"]
            .with_user(self.manager)
            .create({"plan_id": self.basic.id, "new_plan_id": self.second.id, **values})
        )

    def _arrange(self, at="2026-02-01", **values):
        migration = self._new_migration(**values)
        with freeze_time(f"{at} 10:00:00"):
            migration.action_start()
        self._run_cron("ir_cron_migrate", f"{at} 11:00:00")
        return migration

    def test_count_and_difference_are_shown_before(self):
        migration = self._new_migration()
        self.assertEqual(migration.subscription_count, 3)
        self.assertAlmostEqual(migration.mrr_delta, 18.0)
        migration.keep_price = True
        self.assertEqual(migration.mrr_delta, 0.0)

    def test_each_keeps_its_days(self):
        migration = self._arrange()
        self.assertEqual((migration.state, migration.change_count), ("arranged", 3))
        dates = migration.change_ids.sorted("id").mapped("date")
        self.assertEqual(
            [str(day) for day in dates], ["2026-02-05", "2026-02-20", "2026-02-28"]
        )
        self.assertEqual(self.subscriptions.plan_id, self.basic)
        # Once more arranges nothing twice.
        self._run_cron("ir_cron_migrate", "2026-02-01 12:00:00")
        self.assertEqual(len(migration.change_ids), 3)
        self._bill("2026-02-28 12:00:00")
        self.assertEqual(self.subscriptions.plan_id, self.second)
        for subscription in self.subscriptions:
            first, second = subscription.period_ids.sorted("period_no")
            self.assertEqual((first.amount, second.amount), (30.0, 36.0))
            self.assertEqual(second.kind, "regular")
        self.assertEqual(
            [str(one.current_start) for one in self.subscriptions],
            ["2026-02-05", "2026-02-20", "2026-02-28"],
        )

    def test_at_the_end_of_the_term(self):
        self.basic.write({"term_count": 2, "renewal_mode": "auto"})
        subscription = self._subscribe((self.seat, 1), at="2026-01-05 10:00:00")
        migration = self._arrange(effective="renewal")
        change = migration.change_ids.filtered(
            lambda one: one.subscription_id == subscription
        )
        self.assertEqual(str(change.date), "2026-03-05")

    def test_nobody_pays_more(self):
        self._arrange(keep_price=True)
        self._bill("2026-02-28 12:00:00")
        for subscription in self.subscriptions:
            self.assertEqual(subscription.plan_id, self.second)
            self.assertEqual(subscription.amount_untaxed, 30.0)

    def test_taken_back_before_its_day_nothing_changes(self):
        migration = self._arrange()
        with freeze_time("2026-02-02 10:00:00"):
            migration.action_take_back()
        self._bill("2026-02-28 12:00:00")
        self.assertEqual(self.subscriptions.plan_id, self.basic)
        self.assertEqual(set(migration.change_ids.mapped("state")), {"undone"})
        self.assertEqual(self.subscriptions.mapped("amount_untaxed"), [30.0] * 3)

    def test_another_rhythm_is_refused(self):
        migration = self._new_migration(new_plan_id=self.yearly.id)
        with self.assertRaisesRegex(SubscriptionChangeError, "another calendar"):
            migration.action_start()

    def test_salespeople_do_not_migrate(self):
        with self.assertRaises(AccessError):
            self._new_migration().with_user(self.salesman).read(["state"])
