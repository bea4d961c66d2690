from freezegun import freeze_time

from odoo.tests import tagged

from .common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestSpeed(SubscriptionCommon):
    """Queries grow with what is billed, never faster."""

    def _count_queries(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def _count_billing(self, subscriptions):
        def bill():
            for subscription in subscriptions.sudo():
                subscription._bill_next_period()

        with freeze_time("2026-02-28 12:00:00"):
            return self._count_queries(bill)

    def test_billing_is_linear(self):
        groups = [
            self.env["sales.subscription"].union(
                *(self._subscribe() for _one in range(size))
            )
            for size in (1, 2, 6)
        ]
        self._count_billing(groups[0])
        two, six = (self._count_billing(group) for group in groups[1:])
        # Four more cost at most as much each as the first two did.
        self.assertLessEqual((six - two) / 4, two / 2)

    def test_orders_without_plans_pay_nothing(self):
        ours = ("_start_subscriptions", "_resume_periods")
        orders = [self._new_order((self.service, 1)) for _one in range(4)]
        model = type(orders[0])
        self._count_queries(orders[0].action_confirm)
        self._count_queries(orders[1].action_confirm)
        with_addon = self._count_queries(orders[2].action_confirm)
        for name in ours:
            self.assertTrue(hasattr(model, name), name)
            self.patch(model, name, lambda orders: None)
        without = self._count_queries(orders[3].action_confirm)
        # The ledger of the orders, read once.
        self.assertLessEqual(with_addon - without, 1)

    def test_the_list_does_not_ask_row_by_row(self):
        for _one in range(3):
            self._subscribe()
        subscriptions = self.env["sales.subscription"].with_user(self.salesman)
        fields = [
            "name",
            "partner_id",
            "plan_id",
            "next_billing_date",
            "amount_untaxed",
        ]

        def read(limit):
            found = subscriptions.search([], limit=limit)
            return self._count_queries(
                lambda: found.web_read({name: {} for name in fields})
            )

        read(3)
        self.assertEqual(read(1), read(3))

    def test_finding_the_due_ones_is_flat(self):
        subscriptions = self.env["sales.subscription"]

        def find():
            return subscriptions.search(subscriptions._get_due_domain())

        find()
        few = self._count_queries(find)
        for _one in range(4):
            self._subscribe()
        self.assertEqual(self._count_queries(find), few)
