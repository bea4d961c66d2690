from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from ..exceptions import SubscriptionChangeError
from .common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestApiUsage(SubscriptionCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.calls = self._new_recurring("Calls", 0.5, self.monthly, type="service")
        self.calls.default_code = "CALLS"
        self.care.default_code = "CARE"
        self.env["sales.usage.meter"].create(
            {"name": "Calls", "code": "calls", "product_id": self.calls.id}
        )
        self.subscription = self._new_subscription(
            "2026-01-31",
            line_ids=[
                Command.create({"product_id": self.care.id}),
                Command.create({"product_id": self.calls.id, "quantity_mode": "usage"}),
            ],
        )
        self.subscription.action_start()
        self.subscription = self.subscription.sudo()
        self.api = self.env["sales.order.api"].with_user(self.salesman)

    def _event(self, **values):
        return {
            "subscription": self.subscription.name,
            "meter": "calls",
            "key": "k-1",
            "quantity": 7,
            "at": "2026-02-01 10:00:00",
            **values,
        }

    def test_sent_twice_over_json2_it_is_stored_once(self):
        key = (
            self.env["res.users.apikeys"]
            .with_user(self.salesman)
            ._generate("rpc", "test", self.env.cr.now() + timedelta(days=1))
        )
        for known in (0, 1):
            response = self.url_open(
                "/json/2/sales.order.api/report_usage",
                json={"events": [self._event()]},
                headers={"Authorization": f"bearer {key}"},
            )
            self.assertEqual(response.status_code, 200, response.text)
            self.assertEqual(response.json()["known"], known)
        self.env.invalidate_all()
        events = self.env["sales.usage.event"].search(
            [("subscription_id", "=", self.subscription.id)]
        )
        self.assertEqual(len(events), 1)
        self._bill("2026-02-28 12:00:00")
        line = self.subscription.period_ids[0].order_line_ids.filtered(
            lambda one: one.product_id == self.calls
        )
        self.assertEqual(line.product_uom_qty, 7.0)

    def test_within_one_call_too(self):
        found = self.api.report_usage(
            events=[self._event(), self._event(), self._event(key="k-2")]
        )
        self.assertEqual((found["added"], found["known"]), (2, 1))

    def test_what_cannot_be_read_is_named_and_nothing_stored(self):
        wrong = [
            ({"meter": "steps"}, "no line that meter “steps” counts"),
            ({"subscription": "SUB/X"}, "have the number “SUB/X”"),
        ]
        for values, text in wrong:
            with self.assertRaisesRegex(UserError, text):
                self.api.report_usage(events=[self._event(), self._event(**values)])
        with self.assertRaisesRegex(UserError, "k-1 has no meter, quantity"):
            self.api.report_usage(
                events=[{"subscription": self.subscription.name, "key": "k-1"}]
            )
        self.assertFalse(
            self.env["sales.usage.event"].search(
                [("subscription_id", "=", self.subscription.id)]
            )
        )

    def test_customers_report_nothing(self):
        with self.assertRaises(AccessError):
            self.api.with_user(self.portal_user).report_usage(events=[self._event()])

    def test_change_by_name(self):
        found = self.api.change_subscription(
            name=self.subscription.name, product="CARE", quantity=3, dry_run=True
        )
        self.assertEqual((found["amount_before"], found["amount_after"]), (50.0, 150.0))
        self.assertFalse(self.subscription.change_ids)
        self.api.change_subscription(
            name=self.subscription.name, product="CARE", quantity=3
        )
        self.assertEqual(self.subscription.amount_untaxed, 150.0)
        self.assertEqual(self.subscription.change_ids.source, "api")
        with self.assertRaises(SubscriptionChangeError):
            self.api.change_subscription(name=self.subscription.name, plan="Yearly")
