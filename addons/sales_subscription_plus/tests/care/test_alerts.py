import json
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestAlerts(SubscriptionCommon):
    """Customers and other systems are told of what changed, once."""

    def setUp(self):
        super().setUp()
        self.subscription = self._subscribe().with_user(self.salesman)
        self.line = self.subscription.line_ids

    def _get_mails(self):
        messages = self.subscription.sudo().message_ids.sorted("id")
        return messages.filtered(lambda one: self.customer in one.notified_partner_ids)

    def _add_webhook(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Tell the warehouse",
                "model_id": self.env["ir.model"]._get_id("sales.subscription"),
                "state": "webhook",
                "webhook_url": "https://warehouse.test.example/hook",
                "webhook_field_ids": [
                    (
                        4,
                        self.env["ir.model.fields"]
                        ._get("sales.subscription", "name")
                        .id,
                    )
                ],
            }
        )
        self.monthly.webhook_action_ids = action
        return action

    @freeze_time("2026-02-10 12:00:00")
    def test_an_employee_changes_the_quantity(self):
        self._add_webhook()
        with patch("requests.post") as post:
            self.subscription.change_quantity(line_id=self.line.id, quantity=3)
            post.assert_not_called()
            self.env.cr.postcommit.run()
        mail = self._get_mails()
        self.assertEqual(len(mail), 1)
        for text in ("1 → 3", "Test Care", "02/10/2026", "150.00"):
            self.assertIn(text, mail.body)
        [call] = post.call_args_list
        self.assertEqual(call.args[0], "https://warehouse.test.example/hook")
        data = json.loads(call.kwargs["data"])
        self.assertEqual(
            (data["_id"], data["_model"]), (self.subscription.id, "sales.subscription")
        )
        self.assertEqual(data["name"], self.subscription.name)

    @freeze_time("2026-02-10 12:00:00")
    def test_directly_on_the_form(self):
        """Several values in one save are one mail."""
        self.subscription.write(
            {
                "line_ids": [
                    (1, self.line.id, {"quantity": 3, "discount": 10.0}),
                    (0, 0, {"product_id": self.box.id, "quantity": 2}),
                ]
            }
        )
        mail = self._get_mails()
        self.assertEqual(len(mail), 1)
        for text in ("1 → 3", "0 → 10", "Added: 2 Test Box"):
            self.assertIn(text, mail.body)

    def test_what_is_arranged_is_told_once(self):
        with freeze_time("2026-02-10 12:00:00"):
            self.subscription.change_quantity(
                line_id=self.line.id, quantity=3, effective="next_period"
            )
        mail = self._get_mails()
        self.assertEqual(len(mail), 1)
        for text in ("1 → 3", "02/28/2026", "150.00"):
            self.assertIn(text, mail.body)
        self._bill("2026-02-28 12:00:00")
        self.assertEqual(self.line.quantity, 3)
        self.assertEqual(len(self._get_mails()), 1)

    def test_undone(self):
        with freeze_time("2026-02-10 12:00:00"):
            self.subscription.change_quantity(
                line_id=self.line.id, quantity=3, effective="next_period"
            )
            self.subscription.change_ids.action_undo()
        mails = self._get_mails()
        self.assertEqual(len(mails), 2)
        self.assertIn("Undone", mails[-1].body)

    def test_a_preview_tells_nobody(self):
        change = self.env["sales.subscription.change"].create(
            {
                "subscription_id": self.subscription.id,
                "line_id": self.line.id,
                "quantity": 5,
            }
        )
        with freeze_time("2026-02-10 12:00:00"):
            change.preview()
        self.assertFalse(self._get_mails())

    def test_each_move_of_the_state(self):
        with freeze_time("2026-02-10 12:00:00"):
            self.subscription.action_pause(until="2026-02-20")
            self.subscription.action_resume()
            self.subscription.action_cancel()
        bodies = self._get_mails().mapped("body")
        for body, text in zip(bodies, ("Paused", "Active", "Cancelled"), strict=True):
            self.assertIn(text, body)
        self.assertIn("02/20/2026", bodies[0])

    def test_an_address(self):
        other = self.env["res.partner"].create(
            {"name": "Depot", "type": "delivery", "parent_id": self.customer.id}
        )
        self.subscription.partner_shipping_id = other
        self.assertIn("Depot", self._get_mails().body)

    def test_starting_and_billing_tell_nothing(self):
        self._bill("2026-02-28 12:00:00")
        self.assertFalse(self._get_mails())

    def test_a_plan_may_keep_silent(self):
        self.monthly.alert_customers = False
        self._add_webhook()
        with freeze_time("2026-02-10 12:00:00"), patch("requests.post") as post:
            self.line.quantity = 3
            self.env.cr.postcommit.run()
        self.assertFalse(self._get_mails())
        self.assertEqual(post.call_count, 1)

    def test_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        self.care.with_context(lang="fr_FR").name = "Entretien"
        with freeze_time("2026-02-10 12:00:00"):
            self.line.quantity = 3
        self.assertIn("Entretien", self._get_mails().body)
        self.assertIn("10/02/2026", self._get_mails().body)
