from unittest.mock import patch

from odoo.tests import tagged

from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestPerformance(ApprovalCommon):
    """What policies cost, in queries: the rest of the work is Odoo's own."""

    def _new_orders(self, count, discount=0.0):
        orders = [self._new_discounted(discount) for _ in range(count)]
        return self.env["sale.order"].union(*orders).with_user(self.salesman)

    def _count(self, call):
        """Return the queries of ``call`` in a request of its own."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _count_check(self, orders):
        return self._count(lambda: orders._get_guard_findings("confirm"))

    def _without_policies(self):
        policies = type(self.env["sales.approval.policy"])
        return patch.object(
            policies, "_get_active", lambda self, companies: self.browse()
        )

    def _get_slope(self, cost, *sizes):
        """Return the queries that one order more costs, measured between two sizes."""
        small, large = (cost(size) for size in sizes)
        return (large - small) / (sizes[1] - sizes[0])

    # --- the gate --- #

    def test_without_policies_the_check_costs_no_query(self):
        self.policy.active = False
        orders = self._new_orders(20)
        orders._get_guard_findings("confirm")
        self.env.flush_all()
        orders.mapped("company_id")
        # The approvals' part of the check: other parts look at other things.
        with self.assertQueryCount(0):
            self.assertFalse(orders._get_approval_findings("confirm"))
            self.assertFalse(orders._get_approval_standings("amend"))

    def test_check_of_10_and_of_100_orders(self):
        """All are measured at once: 90 orders more cost no query more."""
        self._new_policy(name="Large", amount=10000)
        few, many = self._new_orders(10), self._new_orders(100)
        self._count_check(few)
        costs = self._count_check(few), self._count_check(many)
        self.assertLessEqual(costs[1] - costs[0], 3, costs)
        self.assertLessEqual(costs[0], 25, costs)

    def test_check_of_orders_that_are_hit(self):
        """Neither does finding what was approved for each of them."""
        few, many = self._new_orders(10, 20), self._new_orders(100, 20)
        (few + many).action_submit_for_approval()
        self._count_check(few)
        costs = self._count_check(few), self._count_check(many)
        self.assertEqual(len(many._get_guard_stops("confirm")), 100)
        self.assertLessEqual(costs[1] - costs[0], 10, costs)

    def test_confirming(self):
        """The slope of confirming is what it is without policies."""

        def confirm(count):
            orders = self._new_orders(count)
            return self._count(orders.action_confirm)

        confirm(1)
        with self._without_policies():
            plain = self._get_slope(confirm, 10, 60)
        ours = self._get_slope(confirm, 10, 60)
        self.assertLessEqual(ours - plain, 0.25, (ours, plain))

    def test_long_order(self):
        """Ten lines or a hundred: measured with the same queries."""
        costs = []
        for lines in (10, 100):
            order = self._new_order(*[(self.product, 1)] * lines)
            self._count_check(order)
            costs.append(self._count_check(order))
        self.assertLessEqual(costs[1] - costs[0], 1, costs)

    # --- deciding in bulk --- #

    def test_submitting_and_approving(self):
        """A request more costs no query, with snapshots and audit."""

        def decide(count):
            orders = self._new_orders(count, 20)
            queries = self._count(orders.action_submit_for_approval)
            mine = self.env["sales.approval.request"].with_user(self.ann)
            requests = mine.browse(orders.sudo().approval_request_ids.ids)
            queries += self._count(requests.action_approve_many)
            self.assertEqual(set(requests.mapped("state")), {"approved"})
            return queries

        decide(2)
        self.assertLess(self._get_slope(decide, 10, 60), 1)

    # --- lists --- #

    def test_list_of_orders_shows_how_far_approval_is(self):
        names = ["name", "approval_state", "can_vote", "approval_count", "guard_state"]

        def read(count):
            orders = self._new_orders(count, 20)
            orders[: count // 2].action_submit_for_approval()
            return self._count(lambda: orders.read(names))

        read(2)
        self.assertLessEqual(self._get_slope(read, 10, 50), 0.5)

    def test_list_of_approvals(self):
        names = [
            "sale_order_id",
            "partner_id",
            "user_id",
            "reason_text",
            "amount",
            "open_approver_ids",
            "can_vote",
            "state",
        ]

        def read(count):
            self._new_orders(count, 20).action_submit_for_approval()
            mine = self.env["sales.approval.request"].with_user(self.ann)
            found = []
            cost = self._count(
                lambda: found.append(
                    mine.search([("can_vote", "=", True)], limit=count).read(names)
                )
            )
            self.assertEqual(len(found[0]), count)
            return cost

        read(2)
        self.assertLessEqual(self._get_slope(read, 5, 40), 0.2)

    def test_counter_of_the_desk(self):
        """How many wait for me is one count, however many wait."""

        def count(size):
            self._new_orders(size, 20).action_submit_for_approval()
            orders = self.env["sale.order"].with_user(self.ann)
            return self._count(lambda: orders.search_count([("can_vote", "=", True)]))

        count(1)
        self.assertEqual(self._get_slope(count, 5, 25), 0)
