from freezegun import freeze_time

from odoo.tests import tagged

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestSuccessorChoice(SubscriptionCommon):
    """Of several successors comes the one the customer likes, if he takes any."""

    def setUp(self):
        super().setUp()
        self.new = self._new_recurring("Care 2", 70.0, self.monthly, type="service")
        self.other = self._new_recurring("Care 3", 70.0, self.monthly, type="service")
        self.subscription = self._subscribe((self.care, 2))
        self.care.subscription_successor_id = self.new
        self.care.subscription_alternative_ids = self.other

    def _stop_selling(self):
        self.care.sale_ok = False
        for at in ("2026-02-28 12:00:00", "2026-03-31 12:00:00"):
            self._bill(at)

    def _get_told(self):
        return self.subscription.message_ids.filtered(
            lambda one: self.customer in one.notified_partner_ids
        )

    def test_the_successor_and_one_mail(self):
        self._stop_selling()
        self.assertEqual(self.subscription.line_ids.product_id, self.new)
        self.assertEqual(self.subscription.mrr, 100.0)
        mails = self.env["mail.mail"].search(
            [
                ("model", "=", "sales.subscription.change"),
                ("res_id", "in", self.subscription.change_ids.ids),
            ]
        )
        self.assertEqual(len(mails), 1)
        self.assertFalse(self._get_told())

    def test_the_one_he_likes(self):
        self.env["sales.customer.preference"]._declare(self.customer, self.other, True)
        self._stop_selling()
        self.assertEqual(self.subscription.line_ids.product_id, self.other)

    def test_who_takes_none_is_asked_once(self):
        self.subscription.with_user(self.salesman).allow_substitution = False
        self._stop_selling()
        self.assertEqual(self.subscription.line_ids.product_id, self.care)
        [activity] = self.subscription.activity_ids
        self.assertIn("Care 2", activity.summary)
        self.assertEqual(activity.user_id, self.salesman)

    def test_the_preview_of_a_change_is_what_it_costs(self):
        """The wizard shows credit and charge to the cent before anything happens."""
        with freeze_time("2026-02-14 12:00:00"):
            change = (
                self.env["sales.subscription.change"]
                .with_user(self.salesman)
                .create(
                    {
                        "subscription_id": self.subscription.id,
                        "kind": "substitute",
                        "line_id": self.subscription.line_ids.id,
                        "product_id": self.new.id,
                        "price_unit": 70.0,
                    }
                )
            )
            found = change.preview()
            # 31 January to 27 February has 28 days, 14 of them are left.
            self.assertEqual(
                (found["credit"], found["charge"], found["net"]), (-50.0, 70.0, 20.0)
            )
            self.assertEqual(self.subscription.line_ids.product_id, self.care)
            change.action_confirm()
        row = change.sudo().charge_ids.period_id
        self.assertEqual((row.amount, row.move_id.amount_untaxed), (20.0, 20.0))
