from odoo.tests import HttpCase, tagged

from .common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestTours(SubscriptionCommon, HttpCase):
    def test_salesperson_follows_a_subscription(self):
        self.customer.name = "Tour Customer"
        order = self._new_order((self.care, 1), (self.product, 1))
        order.action_confirm()
        self.start_tour(
            "/odoo/subscriptions", "sales_subscription_sell", login="tsop_sam"
        )
        self.assertEqual(
            self._get_events(order.sales_subscription_ids),
            [
                "subscription.created",
                "subscription.active",
                "subscription.paused",
                "subscription.resumed",
                "subscription.cancelled",
            ],
        )
