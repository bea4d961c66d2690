from odoo.tests import tagged

from odoo.addons.sales_order_plus.exceptions import SplitError

from .common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestSplit(SubscriptionCommon):
    def test_started_subscription_stays(self):
        order = self._new_order((self.care, 3), (self.service, 2))
        order.action_confirm()
        care, service = order.order_line
        with self.assertRaises(SplitError), self.env.cr.savepoint():
            order._split([{care: 1}])
        new = order._split([{service: 1}])
        self.assertFalse(new.sales_subscription_ids)
        self.assertEqual(len(order.sales_subscription_ids), 1)

    def test_plan_of_a_quotation_goes_along(self):
        order = self._new_order((self.care, 3))
        new = order._split([{order.order_line: 1}])
        self.assertEqual(new.order_line.sales_plan_id, self.monthly)

    def test_other_plan_is_not_joined(self):
        orders = self._new_order((self.care, 1)) | self._new_order((self.care, 1))
        orders[1].order_line.sales_plan_id = self.yearly
        self.assertEqual(len(orders._merge().order_line), 2)
