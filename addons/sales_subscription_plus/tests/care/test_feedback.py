import re

from freezegun import freeze_time
from lxml import html

from odoo.tests import HttpCase, tagged

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestFeedback(SubscriptionCommon, HttpCase):
    """One click in a mail is a rating."""

    def setUp(self):
        super().setUp()
        self.env.ref("base.public_user").lang = "en_US"
        self.env["sales.subscription.reminder"].search(
            [("active", "=", True)]
        ).action_archive()
        self.env["sales.subscription.reminder"].create(
            {
                "plan_id": self.monthly.id,
                "event": "feedback",
                "days": 5,
                "every_periods": 2,
            }
        )
        self.subscription = self._subscribe()

    def _ask(self):
        """Bill the second period and return the mail that asks for feedback."""
        self._run_cron("ir_cron_reminders", "2026-02-06 12:00:00")
        self.assertFalse(self._get_mails())
        self._bill("2026-02-28 12:00:00")
        self._run_cron("ir_cron_reminders", "2026-03-04 12:00:00")
        self.assertFalse(self._get_mails())
        for _run in range(2):
            self._run_cron("ir_cron_reminders", "2026-03-05 12:00:00")
        [mail] = self._get_mails()
        return mail

    def _get_mails(self):
        return self.subscription.message_ids.filtered(
            lambda one: self.customer in one.notified_partner_ids
        )

    def _click(self, mail, rate, feedback=""):
        """Click the smiley of the mail and send the form, without login."""
        [url] = re.findall(rf"/rate/[^\"]+/{rate}(?=\")", mail.body)
        page = html.fromstring(self.url_open(url).content)
        [form] = page.xpath("//form[contains(@action, 'submit_feedback')]")
        data = {
            field.get("name"): field.get("value") or ""
            for field in form.xpath(".//input[@name]")
        }
        data.update(rate=rate, feedback=feedback)
        self.url_open(form.get("action"), data=data)
        self.env.invalidate_all()

    def test_a_smiley_without_login(self):
        self._click(self._ask(), 5)
        rating = self.subscription.rating_ids
        self.assertEqual((rating.rating, rating.consumed), (5.0, True))
        self.assertEqual(rating.rated_partner_id, self.salesman.partner_id)
        self.assertEqual(self.subscription.with_user(self.salesman).rating_avg, 5.0)
        self.assertFalse(self.subscription.activity_ids)

    def test_a_low_one_is_something_to_do(self):
        self._click(self._ask(), 1, "The boxes come late")
        self.assertEqual(self.subscription.rating_ids.rating, 1.0)
        [activity] = self.subscription.activity_ids
        self.assertEqual(activity.user_id, self.salesman)
        self.assertIn("The boxes come late", activity.note)

    def test_a_plan_may_ask_for_more(self):
        self.monthly.low_rating = "3"
        self._click(self._ask(), 3)
        self.assertEqual(len(self.subscription.activity_ids), 1)

    def test_goods_are_rated_when_they_are_there(self):
        goods = self._subscribe((self.box, 1))
        self._bill("2026-02-28 12:00:00")
        self._run_cron("ir_cron_reminders", "2026-03-06 12:00:00")
        notices = self.env["sales.subscription.notice"].search(
            [("subscription_id", "=", goods.id)]
        )
        self.assertFalse(notices)
        self._set_stock(self.box, 5)
        with freeze_time("2026-03-07 12:00:00"):
            picking = goods.period_ids[0].order_id.picking_ids
            picking.action_assign()
            picking.move_ids.write({"quantity": 1, "picked": True})
            picking.button_validate()
        self._run_cron("ir_cron_reminders", "2026-03-07 13:00:00")
        self.assertEqual(len(notices.search([("subscription_id", "=", goods.id)])), 1)
