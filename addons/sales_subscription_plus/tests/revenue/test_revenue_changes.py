from freezegun import freeze_time

from odoo.tests import tagged

from .common_revenue import RevenueCommon


@tagged("post_install", "-at_install")
class TestRevenueChanges(RevenueCommon):
    """What a change credits and charges moves the deferred revenue with it."""

    def _get_unearned(self, subscription):
        return round(sum(subscription.sudo().revenue_schedule_ids.mapped("balance")), 2)

    def assertUnearned(self, subscription, quantity):
        """195 days are left of 365; the last charge makes up for what was rounded."""
        exact = quantity * 1200 * 195 / 365
        self.assertAlmostEqual(self._get_unearned(subscription), exact, delta=0.01)

    def _change(self, subscription, day, quantity):
        with freeze_time(f"{day} 12:00:00"):
            subscription.with_user(self.salesman).change_quantity(
                line_id=subscription.line_ids.id, quantity=quantity
            )
            rows = subscription.period_ids.filtered(lambda row: row.kind != "regular")
            drafts = rows._get_invoices().filtered(lambda move: move.state == "draft")
            drafts.action_post()
        self.env.invalidate_all()

    def test_fewer_the_rest_of_them_is_given_back(self):
        self._invoice_year(quantity=2)
        subscription = self.env["sales.subscription"].search(
            [("partner_id", "=", self.customer.id)], order="id desc", limit=1
        )
        self._post_due("2026-09-01")
        self._change(subscription, "2026-09-01", 1)
        self.assertUnearned(subscription, 1)
        self.assertEqual(self._get_ledger(), self._get_unearned(subscription))
        self._post_due("2027-04-01")
        self.assertEqual(self._get_ledger(), 0.0)
        self.assertReconciled()

    def test_invoiced_without_an_order_it_is_the_same(self):
        self.yearly.document = "invoice"
        subscription = self._new_subscription(
            "2026-03-15", (self.year, 2), plan_id=self.yearly.id
        )
        subscription.action_start()
        subscription = subscription.sudo()
        self._bill("2026-03-15 12:00:00")
        self.assertFalse(subscription.period_ids.order_id)
        schedule = subscription.revenue_schedule_ids
        self.assertEqual((len(schedule), schedule.balance), (1, 2400.0))
        self.assertEqual(len(self._get_releases(schedule)), 13)
        self._post_due("2026-09-01")
        self._change(subscription, "2026-09-01", 1)
        self.assertUnearned(subscription, 1)
        self.assertReconciled()

    def test_more_what_is_charged_is_deferred_too(self):
        self._invoice_year()
        subscription = self.env["sales.subscription"].search(
            [("partner_id", "=", self.customer.id)], order="id desc", limit=1
        )
        self._post_due("2026-09-01")
        self._change(subscription, "2026-09-01", 3)
        self.assertUnearned(subscription, 3)
        self._post_due("2027-04-01")
        self.assertEqual(self._get_ledger(), 0.0)
        self.assertReconciled()
