from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..exceptions import SubscriptionStateError
from .common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestApi(SubscriptionCommon):
    def setUp(self):
        super().setUp()
        self.subscription = self._subscribe((self.care, 2))
        self.api = self.env["sales.order.api"].with_user(self.salesman)

    def test_get(self):
        self.care.default_code = "CARE"
        data = self.api.get_subscription(name=self.subscription.name)
        period = data.pop("periods")[0]
        line = data.pop("lines")[0]
        self.assertEqual(
            data,
            {
                "id": self.subscription.id,
                "name": self.subscription.name,
                "customer": "Test Customer",
                "plan": "Monthly",
                "state": "active",
                "currency": self.company.currency_id.name,
                "amount_untaxed": 100.0,
                "amount_total": 100.0,
                "start_date": "2026-01-31",
                "end_date": "",
                "next_billing_date": "2026-02-28",
                "period_no": 1,
                "billing_error": "",
            },
        )
        self.assertEqual(
            (line["product"], line["quantity"], line["price_unit"]), ("CARE", 2.0, 50.0)
        )
        self.assertEqual(
            period,
            {
                "period_no": 1,
                "date_start": "2026-01-31",
                "date_end": "2026-02-27",
                "state": "ordered",
                "order": self.subscription.origin_order_id.name,
                "invoice": "",
                "amount": 100.0,
                "amount_credited": 0.0,
            },
        )

    def test_list(self):
        self._subscribe(user=self.colleague)
        names = [one["name"] for one in self.api.list_subscriptions()]
        self.assertEqual(names, [self.subscription.name])
        self.assertFalse(self.api.list_subscriptions(state="paused"))
        self.assertFalse(self.api.list_subscriptions(customer="Nobody"))
        self.assertEqual(len(self.api.list_subscriptions(customer="test cust")), 1)
        self.assertFalse(self.api.list_subscriptions(offset=1))

    def test_wrong_values_are_named(self):
        with self.assertRaisesRegex(
            UserError, "state: “live” is none of draft, trial, active"
        ):
            self.api.list_subscriptions(state="live")
        for limit, offset in ((0, 0), (1001, 0), (1, -1)):
            with self.assertRaisesRegex(UserError, "limit: give 1 to 1000"):
                self.api.list_subscriptions(limit=limit, offset=offset)
        with self.assertRaisesRegex(
            UserError, "0 subscriptions have the number “SUB/X”"
        ):
            self.api.get_subscription(name="SUB/X")

    def test_pause_resume_cancel(self):
        name = self.subscription.name
        self.assertEqual(self.api.pause_subscription(name=name)["state"], "paused")
        self.assertEqual(self.api.resume_subscription(name=name)["state"], "active")
        self.assertEqual(self.api.cancel_subscription(name=name)["state"], "cancelled")
        with self.assertRaises(SubscriptionStateError):
            self.api.resume_subscription(name=name)

    def test_rights_are_those_of_the_caller(self):
        theirs = self._subscribe(user=self.colleague)
        with self.assertRaisesRegex(UserError, "0 subscriptions"):
            self.api.cancel_subscription(name=theirs.name)
        reader = self.api.with_user(self.accountant)
        self.assertEqual(reader.get_subscription(name=theirs.name)["state"], "active")
        with self.assertRaises(AccessError):
            reader.cancel_subscription(name=theirs.name)

    def test_create_over_rpc(self):
        [subscription_id] = (
            self.env["sales.subscription"]
            .with_user(self.salesman)
            .create(
                [
                    {
                        "partner_id": self.customer.id,
                        "plan_id": self.monthly.id,
                        "line_ids": [(0, 0, {"product_id": self.care.id})],
                    }
                ]
            )
            .ids
        )
        subscription = self.env["sales.subscription"].browse(subscription_id)
        self.assertRegex(subscription.name, r"^SUB/20\d\d/\d{5}$")
        self.assertEqual(subscription.amount_untaxed, 50.0)
        self.assertEqual(subscription.user_id, self.salesman)
