from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestReminders(SubscriptionCommon):
    """Customers are reminded once, on the day it is where they live."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sales.subscription.reminder"].search(
            [("active", "=", True)]
        ).action_archive()

    def _remind_of(self, event, days=7, **values):
        return self.env["sales.subscription.reminder"].create(
            {"plan_id": self.monthly.id, "event": event, "days": days, **values}
        )

    def _run(self, at):
        self._run_cron("ir_cron_reminders", at)

    def _get_mails(self, subscription):
        messages = subscription.sudo().message_ids.sorted("id")
        return messages.filtered(lambda one: self.customer in one.notified_partner_ids)

    def test_renewal_once_at_seven_days_before(self):
        self.monthly.write({"term_count": 3, "renewal_mode": "auto"})
        self._remind_of("renewal")
        subscription = self._subscribe(at="2026-01-01 10:00:00")
        self.assertEqual(str(subscription.end_date), "2026-03-31")
        self._run("2026-03-23 12:00:00")
        self.assertFalse(self._get_mails(subscription))
        for _run in range(3):
            self._run("2026-03-24 12:00:00")
        self._run("2026-03-25 12:00:00")
        mail = self._get_mails(subscription)
        self.assertEqual(len(mail), 1)
        self.assertIn("03/31/2026", mail.subject)
        self.assertIn("goes on by itself", mail.body)
        [notice] = self.env["sales.subscription.notice"].search(
            [("subscription_id", "=", subscription.id)]
        )
        self.assertEqual(str(notice.sent_at), "2026-03-24 12:00:00")

    def test_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        template = self.env.ref("sales_subscription_plus.mail_template_trial")
        template.with_context(lang="fr_FR").subject = "Fin de l'essai {{ object.name }}"
        self.monthly.trial_days = 14
        self._remind_of("trial", days=3)
        subscription = self._subscribe(at="2026-01-01 10:00:00")
        self._run("2026-01-11 12:00:00")
        mail = self._get_mails(subscription)
        self.assertEqual(mail.subject, f"Fin de l'essai {subscription.name}")

    def test_the_day_of_the_customer_counts(self):
        """In Auckland it is the 24th when it is still the 23rd in London."""
        self._remind_of("billing", days=3)
        near = self._subscribe(at="2026-01-31 10:00:00")
        self.customer.tz = "Pacific/Auckland"
        far = self._subscribe(at="2026-01-31 10:00:00")
        self.assertEqual(far.tz, "Pacific/Auckland")
        self.assertEqual(near.next_billing_date, far.next_billing_date)
        self._run("2026-02-24 13:00:00")
        self.assertEqual(len(self._get_mails(far)), 1)
        self.assertFalse(self._get_mails(near))
        self._run("2026-02-25 00:30:00")
        self.assertEqual(len(self._get_mails(near)), 1)

    def test_every_period_has_its_own(self):
        self._remind_of("billing", days=3)
        subscription = self._subscribe()
        for day in ("2026-02-26", "2026-02-27"):
            self._run(f"{day} 12:00:00")
        self._bill("2026-02-28 12:00:00")
        self._run("2026-02-28 13:00:00")
        self._run("2026-03-29 12:00:00")
        dates = self.env["sales.subscription.notice"].search(
            [("subscription_id", "=", subscription.id)], order="id"
        )
        self.assertEqual(
            [str(one.due_date) for one in dates], ["2026-02-28", "2026-03-31"]
        )
        self.assertEqual(len(self._get_mails(subscription)), 2)

    def test_a_change_that_is_arranged(self):
        self._remind_of("change", days=5)
        subscription = self._subscribe()
        with freeze_time("2026-02-10 12:00:00"):
            subscription.change_quantity(
                line_id=subscription.line_ids.id, quantity=2, effective="next_period"
            )
        before = len(self._get_mails(subscription))
        self._run("2026-02-23 12:00:00")
        self._run("2026-02-24 12:00:00")
        mails = self._get_mails(subscription)
        self.assertEqual(len(mails) - before, 1)
        self.assertIn("02/28/2026", mails[-1].subject)

    def test_who_leaves_is_not_reminded(self):
        self._remind_of("billing", days=3)
        subscription = self._subscribe()
        with freeze_time("2026-02-20 12:00:00"):
            subscription.action_cancel()
        before = len(self._get_mails(subscription))
        self._run("2026-02-26 12:00:00")
        self.assertEqual(len(self._get_mails(subscription)), before)

    @mute_logger("odoo.addons.sales_order_plus.models.seam.sales_reminded_mixin")
    def test_one_failure_stops_nobody_and_is_tried_again(self):
        self._remind_of("billing", days=3)
        poisoned, fine = self._subscribe(), self._subscribe()
        model = type(self.env["sales.subscription.reminder"])
        send = model._send

        def fail(reminder, subscription, due_date):
            if subscription == poisoned:
                raise ValueError("no way to this customer")
            return send(reminder, subscription, due_date)

        with patch.object(model, "_send", fail):
            self._run("2026-02-26 12:00:00")
        self.assertEqual(len(self._get_mails(fine)), 1)
        self.assertFalse(self._get_mails(poisoned))
        self._run("2026-02-26 13:00:00")
        self.assertEqual(len(self._get_mails(fine)), 1)
        self.assertEqual(len(self._get_mails(poisoned)), 1)

    def test_an_sms_besides(self):
        self.customer.phone = "+44 20 7946 0000"
        reminder = self._remind_of("billing", days=3)
        reminder.sms_text = "{number} on {date}"
        subscription = self._subscribe()
        for _run in range(2):
            self._run("2026-02-26 12:00:00")
        found = self.env["sms.sms"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(found.mapped("body"), [f"{subscription.name} on 2026-02-28"])

    def test_rights(self):
        reminder = self._remind_of("billing")
        with self.assertRaises(AccessError):
            reminder.with_user(self.salesman).days = 1
        reminder.with_user(self.manager).days = 2
        mine, theirs = self._subscribe(), self._subscribe(user=self.colleague)
        self._run("2026-02-27 12:00:00")
        found = (
            self.env["sales.subscription.notice"].with_user(self.salesman).search([])
        )
        self.assertIn(mine, found.sudo().subscription_id)
        self.assertNotIn(theirs, found.sudo().subscription_id)
        with self.assertRaises(AccessError):
            found.unlink()
        for model in ("sales.subscription.reminder", "sales.subscription.notice"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.portal_user).search([])
