from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.fields import Date, Datetime
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...exceptions import QuotationError
from .common import QuotationCommon


@tagged("post_install", "-at_install")
class TestQuotationReminder(QuotationCommon):
    """One reminder a day it is due, whatever happens to the scheduler."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.template = cls.env.ref("sales_order_plus.mail_template_quotation_expiring")
        cls.template.with_context(lang="fr_FR").subject = "Bientôt {{ object.name }}"
        cls.customer.lang = "fr_FR"

    def _new_rule(self, **values):
        return self.env["sales.reminder.rule"].create(
            {
                "name": "Soon over",
                "kind": "before_expiry",
                "days": 3,
                "mail_template_id": self.template.id,
                "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                **values,
            }
        )

    def _remind(self, days=0):
        with freeze_time(Datetime.now() + timedelta(days=days)):
            self._run_cron("send_quotation_reminders")

    def _get_logs(self, order):
        return self.env["sales.reminder.log"].search([("order_id", "in", order.ids)])

    def _get_mails(self, order):
        return order.message_ids.filtered(lambda message: "Bient" in message.subject)

    def test_one_mail_in_his_language_and_one_activity(self):
        self._new_rule()
        order = self._new_sent(validity_date=self._in_days(3))
        self._remind()
        self._remind()
        self.assertEqual(self._get_mails(order).subject, f"Bientôt {order.name}")
        self.assertEqual(len(order.activity_ids), 1)
        self.assertEqual(order.activity_ids.user_id, self.salesman)
        self.assertEqual(len(self._get_logs(order)), 1)

    def test_not_before_its_day_and_not_after_the_end(self):
        self._new_rule()
        order = self._new_sent(validity_date=self._in_days(10))
        self._remind()
        self._remind(days=6)
        self.assertFalse(self._get_logs(order))
        self._remind(days=11)
        self.assertFalse(self._get_logs(order))
        # The scheduler was down on the day itself.
        self._remind(days=9)
        self.assertEqual(len(self._get_logs(order)), 1)

    def test_who_answered_gets_none(self):
        self._new_rule()
        values = {"validity_date": self._in_days(2)}
        declined, signed, offered, confirmed, draft, asked = (
            self._new_sent(**values) for _index in range(6)
        )
        declined.sudo()._action_cancel()
        signed.sudo().write({"signed_by": "P", "signed_on": Datetime.now()})
        offered._write_own({"customer_response": "counter_offer"})
        confirmed.action_confirm()
        draft.action_new_revision()
        asked._write_own({"customer_response": "question"})
        self._remind()
        reminded = self.env["sales.reminder.log"].search([]).order_id
        others = declined | signed | offered | confirmed | draft
        self.assertFalse(reminded & others)
        self.assertIn(asked, reminded)

    def test_excluded_customers(self):
        tag = self.env["res.partner.category"].create({"name": "No mails"})
        tagged_partner = self.env["res.partner"].create(
            {"name": "T", "category_id": tag.ids}
        )
        self._new_rule(exclude_partner_ids=self.customer.ids, exclude_tag_ids=tag.ids)
        contact = self.portal_user.partner_id
        orders = self.env["sale.order"]
        for partner in (self.customer, contact, tagged_partner):
            orders |= self._new_sent(
                partner_id=partner.id, validity_date=self._in_days(1)
            )
        self._remind()
        self.assertFalse(self._get_logs(orders))

    def test_follow_up_repeats_at_most(self):
        self._new_rule(kind="after_send", days=5, max_count=2)
        order = self._new_sent(validity_date=self._in_days(90))
        counts = []
        for day in (4, 5, 6, 10, 15, 20):
            self._remind(days=day)
            counts.append(len(self._get_logs(order)))
        self.assertEqual(counts, [0, 1, 1, 2, 2, 2])

    def test_down_for_weeks_reminds_once(self):
        """No burst of everything that was missed."""
        self._new_rule(kind="after_send", days=5, max_count=4)
        order = self._new_sent(validity_date=self._in_days(90))
        self._remind(days=18)
        self.assertEqual(len(self._get_logs(order)), 1)

    def test_after_view(self):
        self._new_rule(kind="after_view", days=2)
        order = self._new_sent(validity_date=self._in_days(90))
        self._remind(days=3)
        self.assertFalse(self._get_logs(order))
        order.sudo()._record_view(
            kind="web",
            address="1.1.1.1",
            agent_text="Mozilla/5.0 Firefox/120",
            partner=self.customer,
        )
        self._remind(days=3)
        self.assertEqual(len(self._get_logs(order)), 1)

    def test_one_failing_order_stops_nobody(self):
        rule = self._new_rule()
        first, bad, last = (
            self._new_sent(validity_date=self._in_days(2)) for _index in range(3)
        )
        rule_class = self.env.registry["sales.reminder.rule"]
        send = rule_class._send_reminder

        def _send_reminder(rule, order):
            if order == bad:
                raise UserError("no address")  # pylint: disable=translation-required
            return send(rule, order)

        with patch.object(rule_class, "_send_reminder", _send_reminder):
            self._remind()
        states = [self._get_logs(order).state for order in (first, bad, last)]
        self.assertEqual(states, ["done", "failed", "done"])
        self.assertEqual(self._get_logs(bad).error, "no address")
        self._remind()
        self.assertEqual(self._get_logs(bad).mapped("state"), ["done"])
        self.assertEqual(rule.log_count, 3)

    def test_database_allows_one_row_a_day(self):
        rule = self._new_rule()
        order = self._new_sent(validity_date=self._in_days(2))
        self._remind()
        log = self._get_logs(order)
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            log.sudo().copy()
        self.assertEqual(rule.log_count, 1)

    def test_rule_that_does_nothing_is_refused(self):
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self._new_rule(mail_template_id=False, activity_type_id=False)

    # === SMS === #

    def _get_sms(self):
        return (
            self.env["sms.sms"]
            .sudo()
            .search([("number", "=", "+32456001122")], order="id")
        )

    def _new_sms_rule(self, **values):
        self.customer.write(
            {"phone": "+32456001122", "country_id": self.env.ref("base.be").id}
        )
        values = {"sms_text": "{number} until {date}: {link} {object.env}", **values}
        rule = self._new_rule(
            **{"mail_template_id": False, "activity_type_id": False, **values}
        )
        rule.with_context(lang="fr_FR").sms_text = "{number} jusqu'au {date}: {link}"
        return rule

    def test_one_sms_in_his_language(self):
        self._new_sms_rule()
        order = self._new_sent(validity_date=self._in_days(3))
        self._remind()
        self._remind()
        [sms] = self._get_sms()
        date = Date.to_date(self._in_days(3)).strftime("%d/%m/%Y")
        self.assertTrue(sms.body.startswith(f"{order.name} jusqu'au {date}: http"))
        self.assertIn(order.get_portal_url(), sms.body)
        self.assertEqual(sms.state, "outgoing")
        self.assertEqual(len(self._get_logs(order)), 1)

    def test_sms_that_fails_is_tried_again_once(self):
        self._new_sms_rule()
        order = self._new_sent(validity_date=self._in_days(3))
        self.customer.phone = False
        self._remind()
        log = self._get_logs(order)
        self.assertEqual(log.state, "failed")
        self.assertIn("has no number", log.error)
        self.customer.phone = "+32456001122"
        self._remind()
        self._remind()
        self.assertEqual(len(self._get_sms()), 1)
        log.invalidate_recordset()
        self.assertEqual(log.state, "done")

    def test_no_number_gets_the_rest(self):
        self._new_sms_rule(
            activity_type_id=self.env.ref("mail.mail_activity_data_call").id
        )
        order = self._new_sent(validity_date=self._in_days(3))
        self.customer.phone = False
        self._remind()
        self.assertEqual(len(order.activity_ids), 1)
        self.assertFalse(self._get_sms())

    def test_sms_needs_the_module(self):
        rule = self._new_rule()
        self.patch(self.registry["sales.reminder.rule"], "_has_sms", lambda _s: False)
        with self.assertRaisesRegex(QuotationError, "SMS to the Customer"):
            rule.sms_text = "Soon over"
