from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..exceptions import SubscriptionLockedError
from .common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestPlan(SubscriptionCommon):
    def test_interval_in_words(self):
        labels = {
            (1, "day"): "every day",
            (10, "day"): "every 10 days",
            (2, "week"): "every 2 weeks",
            (1, "month"): "every month",
            (1, "quarter"): "every quarter",
            (3, "year"): "every 3 years",
        }
        for (count, unit), label in labels.items():
            plan = self._new_plan("X", interval_count=count, interval_unit=unit)
            self.assertEqual(plan.interval_label, label)

    @mute_logger("odoo.sql_db")
    def test_an_interval_of_nothing_is_refused(self):
        for count in (0, -1, 4000):
            with self.assertRaises(CheckViolation), self.env.cr.savepoint():
                self._new_plan("X", interval_count=count)

    def test_interval_is_fixed_once_used(self):
        self.monthly.interval_count = 2
        self.monthly.interval_count = 1
        self._subscribe()
        with self.assertRaisesRegex(SubscriptionLockedError, "create a new one"):
            self.monthly.with_user(self.manager).interval_unit = "week"
        # The same value, or anything else, may be written.
        self.monthly.with_user(self.manager).write(
            {"interval_unit": "month", "name": "Every month"}
        )
        self.assertEqual(self.monthly.name, "Every month")

    def test_counts_only_what_one_may_see(self):
        self._subscribe()
        self._subscribe(user=self.colleague)
        self.assertEqual(self.monthly.with_user(self.salesman).subscription_count, 1)
        self.assertEqual(self.monthly.with_user(self.colleague).subscription_count, 2)
        action = self.monthly.with_user(self.colleague).action_view_subscriptions()
        found = self.env["sales.subscription"].search(action["domain"])
        self.assertEqual(len(found), 2)

    def test_salespeople_do_not_change_plans(self):
        with self.assertRaises(AccessError):
            self.monthly.with_user(self.salesman).auto_post = False
        self.monthly.with_user(self.manager).auto_post = False
