from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestSubstitute(SubscriptionCommon):
    """What is not sold any more is replaced with the next period."""

    def setUp(self):
        super().setUp()
        self.new = self._new_recurring("Care 2", 70.0, self.monthly, type="service")
        self.subscription = self._subscribe((self.care, 2))

    def _add_rule(self, replacement=None, **values):
        return (
            self.env["sales.subscription.substitute"]
            .with_user(self.manager)
            .create(
                {
                    "product_id": self.care.id,
                    "replacement_id": (replacement or self.new).id,
                    "date_from": "2026-03-01",
                    **values,
                }
            )
        )

    def _get_mails(self):
        return self.subscription.message_ids.filtered(
            lambda one: self.customer in one.notified_partner_ids
        )

    def test_with_the_next_period_and_the_customer_is_told(self):
        self._add_rule()
        self._bill("2026-02-28 12:00:00")
        self.assertEqual(self.subscription.line_ids.product_id, self.care)
        self._bill("2026-03-31 12:00:00")
        line = self.subscription.line_ids
        self.assertEqual((line.product_id, line.price_unit), (self.new, 50.0))
        order = self.subscription.period_ids[0].order_id
        self.assertEqual(order.order_line.product_id, self.new)
        self.assertEqual(self.subscription.period_ids[0].amount, 100.0)
        [mail] = self._get_mails()
        self.assertIn("Test Care → Care 2", mail.body)
        change = self.subscription.change_ids
        self.assertEqual((change.state, change.source), ("applied", "auto"))
        self._bill("2026-04-30 12:00:00")
        self.assertEqual(len(self._get_mails()), 1)

    def test_at_the_new_price(self):
        self._add_rule(keep_price=False)
        self._bill("2026-02-28 12:00:00")
        self._bill("2026-03-31 12:00:00")
        self.assertEqual(self.subscription.line_ids.price_unit, 70.0)
        self.assertEqual(self.subscription.period_ids[0].amount, 140.0)

    def test_who_does_not_want_it_is_asked(self):
        self._add_rule()
        self.subscription.with_user(self.salesman).allow_substitution = False
        self._bill("2026-02-28 12:00:00")
        for at in ("2026-03-31 12:00:00", "2026-04-30 12:00:00"):
            self._bill(at)
        self.assertEqual(self.subscription.line_ids.product_id, self.care)
        [activity] = self.subscription.activity_ids
        self.assertIn("Care 2", activity.note)
        self.assertFalse(self._get_mails())

    def test_of_several_the_one_he_likes(self):
        other = self._new_recurring("Care 3", 70.0, self.monthly, type="service")
        self._add_rule(sequence=1)
        self._add_rule(other, sequence=2)
        self.env["sales.customer.preference"]._declare(self.customer, other, True)
        self._bill("2026-02-28 12:00:00")
        self._bill("2026-03-31 12:00:00")
        self.assertEqual(self.subscription.line_ids.product_id, other)

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
        row = change.charge_ids.period_id
        self.assertEqual((row.amount, row.move_id.amount_untaxed), (20.0, 20.0))

    def test_rights(self):
        rule = self._add_rule()
        with self.assertRaises(AccessError):
            rule.with_user(self.salesman).keep_price = False
        with self.assertRaises(AccessError):
            rule.with_user(self.portal_user).read(["product_id"])
