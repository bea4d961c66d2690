from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.sales_order_plus.models.seam.sales_guard_mixin import Finding

from .common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestGuardedPeriod(SubscriptionCommon):
    """The gate of the order holds for the orders of periods as well."""

    def setUp(self):
        super().setUp()
        self.subscription = self._subscribe()
        self.stopped = True
        self.submitted = []
        case = self

        def get_findings(orders, operation, baseline=None):
            if not case.stopped or operation != "confirm":
                return {}
            return {one.id: [Finding("test", "Too much", "approve")] for one in orders}

        def submit(orders, operation, origin):
            case.submitted.append((orders.ids, operation, origin))

        orders = type(self.env["sale.order"])
        self.patch(orders, "_get_guard_findings", get_findings)
        self.patch(orders, "_guard_submit", submit)
        self._bill("2026-02-28 12:00:00")
        self.period = self.subscription.period_ids[0]
        self.order = self.period.order_id

    def test_the_order_waits_as_a_quotation(self):
        self.assertEqual(self.order.state, "draft")
        self.assertEqual((self.period.period_no, self.period.state), (2, "ordered"))
        self.assertEqual(self.period.waiting_reason, "Too much")
        self.assertFalse(self.period.move_id)
        self.assertEqual(self.submitted, [(self.order.ids, "confirm", "subscription")])
        self.assertFalse(self.subscription.billing_error)

    def test_the_salesperson_is_told(self):
        activity = self.subscription.activity_ids
        self.assertEqual(activity.user_id, self.salesman)
        self.assertIn(self.order.name, activity.summary)
        self.assertIn(
            "subscription.period_waiting", self._get_events(self.subscription)
        )

    def test_it_is_not_ordered_again(self):
        self._bill("2026-02-28 13:00:00")
        self._bill("2026-03-30 12:00:00")
        self.assertEqual(len(self.subscription.period_ids), 2)
        orders = self.env["sale.order"].search(
            [("origin", "=", self.subscription.name)]
        )
        self.assertEqual(orders, self.order)

    def test_the_next_period_does_not_wait_for_it(self):
        self._bill("2026-03-31 12:00:00")
        self.assertEqual(self.subscription.period_no, 3)

    def test_released_it_confirms_itself_and_is_invoiced_once(self):
        self.stopped = False
        with freeze_time("2026-03-02 12:00:00"):
            self.order.with_user(self.colleague)._guard_release("confirm")
        self.assertEqual(self.order.state, "sale")
        self.assertFalse(self.period.waiting_reason)
        self._invoice("2026-03-02 12:01:00")
        self._invoice("2026-03-02 13:00:00")
        self._bill("2026-03-02 13:00:00")
        self.assertEqual(self.period.state, "invoiced")
        self.assertEqual(len(self.order.invoice_ids), 1)
        self.assertEqual(self.order.order_line[1].qty_invoiced, 1)

    def test_releasing_wakes_the_scheduler(self):
        cron = self.env.ref("sales_subscription_plus.ir_cron_invoice")
        triggers = self.env["ir.cron.trigger"]
        before = triggers.search_count([("cron_id", "=", cron.id)])
        self.stopped = False
        self.order.with_user(self.salesman).action_confirm()
        after = triggers.search_count([("cron_id", "=", cron.id)])
        self.assertEqual(after, before + 1)

    def test_still_stopped_it_stays_a_quotation(self):
        self.order.with_user(self.colleague)._guard_release("confirm")
        self.assertEqual(self.order.state, "sent")
        self.assertTrue(self.order.hold_since)

    def test_the_origin_order_is_not_accepted_by_being_an_origin(self):
        origin = self.subscription.origin_order_id
        origin.action_cancel()
        origin.action_draft()
        self.assertFalse(origin._is_accepted_by_customer())
        self.assertTrue(self.order._is_period_order())

    def test_cancelling_the_subscription_cancels_what_waits(self):
        self.subscription.action_cancel()
        self.assertEqual(self.order.state, "cancel")
        self.assertEqual(self.period.state, "waived")
        self.assertEqual(self.subscription.origin_order_id.state, "sale")
