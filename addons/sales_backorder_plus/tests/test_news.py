from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestNews(BackorderCommon):
    """The customer is told each news once, and at most once a day."""

    def setUp(self):
        super().setUp()
        self.company.sales_backorder_notify = True
        self.company.sales_backorder_notice_days = 3
        self._set_stock(self.product, 4)

    def _tell(self, days=0):
        """Run the job so many days from now; return the new e-mails."""
        known = self.env["mail.mail"].sudo().search([])
        cron = type(self.env["ir.cron"])
        moment = fields.Datetime.now() + timedelta(days=days)
        with (
            freeze_time(moment),
            patch.object(cron, "_commit_progress", return_value=600.0),
        ):
            self.env["sales.backorder"]._cron_tell_customers()
        mails = self.env["mail.mail"].sudo().search([]) - known
        return mails.filtered(lambda mail: mail.recipient_ids == self.customer)

    def test_short_order_is_told_once(self):
        order = self._confirm((self.product, 10))
        self._plan_receipt(self.product, 10, days=5)
        mail = self._tell()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.recipient_ids, self.customer)
        body = str(mail.body_html)
        self.assertIn("Test Gadget", body)
        self.assertIn("6.00", body)
        self.assertIn("expected on", body)
        self.assertIn(order.sudo()._portal_ensure_token(), body)
        self.assertFalse(self._tell())
        self.assertFalse(self._tell(days=1))
        backorder = self._find(order)
        event = self._events("backorder.told", backorder)
        self.assertEqual(event.data["news"], "opened")

    def test_covered_order_is_no_news(self):
        self._confirm((self.product, 4))
        self.assertFalse(self._tell())

    def test_small_and_large_delays(self):
        order = self._confirm((self.product, 10))
        receipt = self._plan_receipt(self.product, 10, days=20)
        self._tell()
        receipt.move_ids.date += timedelta(days=1)
        self._flush()
        self.assertFalse(self._tell(days=1))
        receipt.move_ids.date += timedelta(days=4)
        self._flush()
        mail = self._tell(days=1)
        self.assertEqual(len(mail), 1)
        self.assertIn("has a new date", str(mail.body_html))
        self.assertFalse(self._tell(days=2))
        self.assertEqual(self._find(order).told_date, self._in_days(25))

    def test_one_a_day(self):
        self._confirm((self.product, 10))
        receipt = self._plan_receipt(self.product, 10, days=20)
        self.assertTrue(self._tell())
        receipt.move_ids.date += timedelta(days=9)
        self._flush()
        self.assertFalse(self._tell())
        self.assertTrue(self._tell(days=1))

    def test_lines_of_an_order_share_an_email(self):
        other = self._new_product("Test Widget", 5.0, is_storable=True)
        self._confirm((self.product, 10), (other, 3))
        mail = self._tell()
        self.assertEqual(len(mail), 1)
        self.assertIn("Test Widget", str(mail.body_html))

    def test_there_at_last(self):
        order = self._confirm((self.product, 10))
        self._tell()
        self._receive(self.product, 6)
        mail = self._tell(days=1)
        self.assertIn("is there and will be sent", str(mail.body_html))
        self.assertFalse(self._tell(days=2))
        self.assertEqual(self._find(order, states=("filled",)).told_state, "filled")

    def test_filled_before_anybody_was_told(self):
        """What was short for an hour is no news."""
        self._confirm((self.product, 10))
        self._receive(self.product, 6)
        self.assertFalse(self._tell())

    def test_given_up(self):
        order = self._confirm((self.product, 10))
        self._tell()
        self._ship(self._pickings(order), 4, backorder=False)
        self.assertIn("will not be delivered", str(self._tell(days=1).body_html))

    def test_switched_off(self):
        self.company.sales_backorder_notify = False
        self._confirm((self.product, 10))
        self.assertFalse(self._tell())
        self.company.sales_backorder_notify = True
        self.customer.backorder_mail_off = True
        self.assertFalse(self._tell())

    def test_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        template = self.env.ref("sales_backorder_plus.mail_template_backorder_news")
        template.with_context(lang="fr_FR").subject = "Suite de {{ object.name }}"
        self._confirm((self.product, 10))
        self.assertTrue(self._tell().subject.startswith("Suite de "))

    def test_base_does_not_say_it_again(self):
        """The delay messages of Sales Order Plus leave out what the news tell."""
        self.company.sales_delay_notice_days = 1
        order = self._confirm((self.product, 10))
        receipt = self._plan_receipt(self.product, 10, days=5)
        messages = order.message_ids
        receipt.move_ids.date += timedelta(days=9)
        self._flush()
        self.assertEqual(order.message_ids, messages)

    def test_job_runs_after_the_commit(self):
        """Nothing is sent in the transaction that confirms; the job is asked to run."""
        cron = self.env.ref("sales_backorder_plus.ir_cron_backorder_news")
        domain = [("cron_id", "=", cron.id)]
        triggers = self.env["ir.cron.trigger"].sudo()
        before, mails = triggers.search_count(domain), self.env["mail.mail"].sudo()
        known = mails.search_count([])
        self._confirm((self.product, 10))
        self.assertGreater(triggers.search_count(domain), before)
        self.assertEqual(mails.search_count([]), known)


@tagged("post_install", "-at_install")
class TestDeliveryMail(BackorderCommon):
    """The e-mail about a delivery says what left, and what remains."""

    def setUp(self):
        super().setUp()
        self._set_stock(self.product, 4)
        self.order = self._confirm((self.product, 10))
        receipt = self._plan_receipt(self.product, 10, days=5)
        receipt.move_ids.date = "2031-03-12 12:00:00"
        self._flush()

    def _get_message(self):
        picking = self._pickings(self.order)
        self._ship(picking)
        comment = self.env.ref("mail.mt_comment")
        return picking.message_ids.filtered(lambda m: m.subtype_id == comment)

    def test_rest_with_its_date(self):
        self.company.sales_backorder_mail_rest = True
        self.assertTrue(self.company.stock_move_email_validation)
        body = " ".join(self._get_message().body.striptags().split())
        self.assertIn("In this delivery: 4.00 Units Test Gadget", body)
        self.assertIn("Still to come: 6 Units Test Gadget, expected on", body)
        self.assertIn("2031", body)

    def test_nothing_remains(self):
        self.company.sales_backorder_mail_rest = True
        self._receive(self.product, 6)
        body = self._get_message().body.striptags()
        self.assertIn("In this delivery", body)
        self.assertNotIn("Still to come", body)

    def test_setting_gives_odoos_template_back(self):
        plain = self.env.ref("stock.mail_template_data_delivery_confirmation")
        self.company.sales_backorder_mail_rest = True
        self.company.sales_backorder_mail_rest = False
        self.assertEqual(self.company.stock_mail_confirmation_template_id, plain)
