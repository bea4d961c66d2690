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

    def test_accountant_bills_a_period_again(self):
        self.monthly.document = "order"
        _subscription, period = self._bill_february((self.care, 2))
        move = period.move_id.sudo()
        move.button_draft()
        move.button_cancel()
        self.start_tour(
            "/odoo/subscription-periods",
            "sales_subscription_bill_again",
            login="tsop_acc",
        )
        self.assertEqual((period.state, move.state), ("invoiced", "cancel"))
