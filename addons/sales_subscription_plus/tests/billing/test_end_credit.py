from freezegun import freeze_time

from odoo.tests import tagged

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestEndCredit(SubscriptionCommon):
    """Cancelled within a period that is billed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.monthly.end_credit = True

    def _start(self, **values):
        subscription = self._subscribe(at="2026-03-01 10:00:00", **values)
        subscription.origin_order_id._create_invoices().action_post()
        self._bill("2026-04-01 12:00:00")
        return subscription

    def _get_credit(self, subscription):
        rows = subscription.period_ids.filtered(lambda row: row.kind == "adjustment")
        return [(row.move_id.move_type, row.move_id.amount_untaxed) for row in rows]

    def test_at_once_the_days_left_are_given_back(self):
        subscription = self._start()
        with freeze_time("2026-04-15 12:00:00"):
            subscription.action_cancel()
        self.assertEqual(subscription.state, "cancelled")
        self.assertEqual(self._get_credit(subscription), [("out_refund", 25.0)])

    def test_from_the_day_after_the_one_agreed(self):
        subscription = self._start()
        with freeze_time("2026-04-15 12:00:00"):
            subscription.action_cancel_later(when="2026-04-20")
        self._run_cron("ir_cron_lifecycle", "2026-04-22 12:00:00")
        self.assertEqual(subscription.state, "cancelled")
        # 21 to 30 April: 10 of 30 days of 50.00.
        self.assertEqual(self._get_credit(subscription), [("out_refund", 16.67)])

    def test_at_the_end_of_the_period_nothing_is_left(self):
        subscription = self._start()
        with freeze_time("2026-04-15 12:00:00"):
            subscription.action_cancel_later()
        self._run_cron("ir_cron_lifecycle", "2026-05-01 12:00:00")
        self.assertEqual(subscription.state, "cancelled")
        self.assertFalse(self._get_credit(subscription))

    def test_only_where_the_plan_says_so(self):
        self.monthly.end_credit = False
        subscription = self._start()
        with freeze_time("2026-04-15 12:00:00"):
            subscription.action_cancel()
        self.assertFalse(self._get_credit(subscription))

    def test_a_void_order_is_no_early_end(self):
        subscription = self._subscribe(at="2026-04-01 10:00:00")
        with freeze_time("2026-04-15 12:00:00"):
            subscription.origin_order_id.action_cancel()
        self.assertEqual(subscription.state, "cancelled")
        self.assertFalse(self._get_credit(subscription))
