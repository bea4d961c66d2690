from datetime import timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from .common import ProformaCommon


@tagged("post_install", "-at_install")
class TestProformaReminder(ProformaCommon):
    """Who has not paid is reminded once, with a link to pay."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.proforma_reminder_days = 7
        # Else the day is that of whoever asks: late in the evening two days differ.
        cls.company.partner_id.tz = "UTC"

    def _remind_after(self, days):
        moment = self.env.cr.now() + timedelta(days=days)
        with freeze_time(moment):
            cron = self.env.ref("sales_order_plus.ir_cron_proforma_remind")
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def _get_mails(self, proforma):
        return proforma.message_ids.filtered(
            lambda message: "not paid yet" in (message.body or "")
        )

    def test_once_after_a_week(self):
        proforma = self._issue(self._new_taxed_order(100.0), percent=30)
        self._remind_after(6)
        self.assertFalse(self._get_mails(proforma))
        self._remind_after(8)
        mail = self._get_mails(proforma)
        self.assertEqual(len(mail), 1)
        self.assertIn(proforma.access_token, mail.body)
        self.assertIn("35.70", mail.body)
        self.assertIn(proforma.partner_id, mail.notified_partner_ids)
        self.assertTrue(proforma.reminded_on)
        self._remind_after(30)
        self.assertEqual(len(self._get_mails(proforma)), 1)
        self.assertIn("proforma.reminded", self._get_events(proforma))

    def test_nobody_else(self):
        order = self._new_taxed_order(100.0)
        cancelled = self._issue(order, percent=30)
        cancelled.action_cancel()
        draft = self._create(order, percent=30)
        off = self._issue(order, percent=30)
        self.company.proforma_reminder_days = 0
        self._remind_after(30)
        self.assertFalse(self._get_mails(cancelled | draft | off))
        self.company.proforma_reminder_days = 7
        self._remind_after(30)
        self.assertFalse(self._get_mails(cancelled | draft))
        self.assertTrue(self._get_mails(off))

    def test_one_failure_stops_no_other(self):
        first = self._issue(self._new_taxed_order(100.0), percent=30)
        second = self._issue(self._new_taxed_order(100.0), percent=30)
        remind = self.env.registry["sales.proforma"]._remind

        def _remind(proforma):
            if proforma == first:
                raise ValueError("no address")
            return remind(proforma)

        self.patch(self.env.registry["sales.proforma"], "_remind", _remind)
        with self.assertLogs("odoo.addons.sales_order_plus", "ERROR"):
            self._remind_after(30)
        self.assertFalse(first.reminded_on)
        self.assertTrue(second.reminded_on)
