from odoo.tests import tagged

from .common import ChangeCommon


@tagged("post_install", "-at_install")
class TestChangeMail(ChangeCommon):
    """The customer reads what changes of his order: once, and in his language."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "paula@example.com"

    def _mails(self, change):
        mails = self.env["mail.mail"].sudo()
        return mails.search(
            [("model", "=", change._name), ("res_id", "=", change.id)], order="id"
        ).filtered(lambda one: self.customer in one.recipient_ids)

    def _price(self, order):
        return self._kind(order, "price", price_unit=120)

    def test_applied(self):
        order = self._confirmed()
        change = self._new_change(order, "quantity", internal_note="He is difficult")
        change.customer_note = "As agreed on the phone"
        change.action_submit()
        self.assertFalse(self._mails(change))
        change.action_apply()
        self._flush()
        mail = self._mails(change)
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.state, "outgoing")
        self.assertIn(order.name, mail.subject)
        for text in ("10", "14", "1,190.00", "1,666.00", "As agreed on the phone"):
            self.assertIn(text, mail.body_html)
        for secret in ("difficult", "He asked for it", "margin"):
            self.assertNotIn(secret, mail.body_html)

    def test_to_be_signed_first(self):
        self._control(sales_change_acceptance=True)
        order = self._confirmed()
        change = self._submitted(order, self._price(order))
        self.assertIn("accept", self._mails(change).subject)
        change.action_refuse(reason="Too dear for our best customer")
        self._flush()
        mails = self._mails(change)
        self.assertEqual(len(mails), 2)
        self.assertIn("stays", mails[1].subject)
        self.assertNotIn("Too dear", mails[1].body_html)

    def test_what_he_never_knew_is_not_refused_to_him(self):
        change = self._submitted(self._confirmed(), "instructions")
        change.action_refuse(reason="No")
        self._flush()
        self.assertFalse(self._mails(change))

    def test_his_own_request(self):
        order = self._confirmed()
        change = self._new_change(order, "quantity")
        change._write_own({"channel": "portal"})
        change.action_submit()
        self.assertIn("look at", self._mails(change).subject)
        change._tell_customer("submitted")
        self.assertEqual(len(self._mails(change)), 1)
        change.action_revise()
        change.action_submit()
        self.assertEqual(len(self._mails(change)), 2)

    def test_undone_is_not_told(self):
        order = self._confirmed()
        change = self._submitted(order, "quantity")
        change.action_preview()
        self._flush()
        self.assertFalse(self._mails(change))

    def test_switched_off(self):
        self.company.sales_change_notify = False
        change = self._applied(self._confirmed(), "quantity")
        self.assertFalse(self._mails(change))

    def test_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.customer.lang = "de_DE"
        template = self.env.ref("sales_order_plus.sales_order_change_mail_applied")
        template.with_context(lang="de_DE").subject = "Geändert: {{ object.name }}"
        change = self._applied(self._confirmed(), "quantity")
        mail = self._mails(change)
        self.assertEqual(mail.subject, f"Geändert: {change.name}")
        self.assertIn("1.666,00", mail.body_html)
