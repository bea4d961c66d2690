from odoo.tests import tagged

from .common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestSuccessor(SubscriptionCommon):
    def setUp(self):
        super().setUp()
        self.new_box = self._new_recurring("New Box", 99.0, self.monthly)
        self.box.invoice_policy = "order"
        self.subscription = self._subscribe(
            (self.box, 2), (self.care, 1), at="2026-01-31 10:00:00"
        )

    def _get_mails(self):
        return self.env["mail.mail"].search(
            [
                ("model", "=", "sales.subscription.change"),
                ("res_id", "in", self.subscription.change_ids.ids),
            ]
        )

    def test_replaced_with_the_next_period_and_the_customer_is_told(self):
        self.box.subscription_successor_id = self.new_box
        self._bill("2026-02-28 12:00:00")
        self.assertFalse(self.subscription.change_ids)
        self.box.sale_ok = False
        for at in ("2026-03-31", "2026-04-30"):
            self._bill(f"{at} 12:00:00")
        orders = self.subscription.period_ids.sorted("period_no").order_id
        products = [order.order_line.product_id for order in orders]
        self.assertEqual(products[1], self.box | self.care)
        self.assertEqual(products[2], self.new_box | self.care)
        # At the price agreed on, once.
        self.assertEqual(
            self.subscription.period_ids.sorted("period_no").mapped("amount"),
            [90.0] * 4,
        )
        [change] = self.subscription.change_ids
        self.assertEqual((change.kind, change.source), ("substitute", "auto"))
        mail = self._get_mails()
        self.assertEqual(len(mail), 1)
        self.assertIn("New Box", mail.body_html)
        self.assertEqual(mail.recipient_ids, self.customer)

    def test_without_a_successor_it_is_sold_on(self):
        self.box.sale_ok = False
        self._bill("2026-02-28 12:00:00")
        self.assertFalse(self.subscription.change_ids)
        self.assertEqual(self.subscription.period_ids[0].amount, 90.0)
