from odoo.tests import tagged

from ...exceptions import ChangeControlError, ChangeError
from .common import ChangeCommon


@tagged("post_install", "-at_install")
class TestChangePayment(ChangeCommon):
    """Other terms and methods: drafts follow, what is issued stays, a card gets a link."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "paula@example.com"
        provider = cls.env.ref("payment.payment_provider_transfer").copy(
            {"name": "Card", "state": "test", "company_id": cls.company.id}
        )
        cls.card = cls.method_line.copy(
            {"name": "Card", "payment_provider_id": provider.id}
        )

    def _links(self, change):
        mails = self.env["mail.mail"].sudo()
        found = mails.search(
            [("model", "=", change._name), ("res_id", "=", change.id)], order="id"
        )
        return found.filtered(lambda one: "online" in one.subject)

    def _card(self, order):
        return self._kind(order, "payment_method", payment_method_line_id=self.card.id)

    def test_card_gets_the_link_once(self):
        order = self._confirmed()
        change = self._submitted(order, self._card(order), "instructions")
        change.action_preview()
        self._flush()
        self.assertFalse(self._links(change))
        self.assertFalse(order.preferred_payment_method_line_id)
        change.action_apply()
        self._flush()
        self.assertEqual(order.preferred_payment_method_line_id, self.card)
        mail = self._links(change)
        self.assertEqual((len(mail), mail.state), (1, "outgoing"))
        self.assertEqual(mail.recipient_ids, self.customer)
        self.assertIn(f"/my/orders/{order.id}", mail.body_html)
        self.assertIn(f"payment_amount={order.amount_total}", mail.body_html)
        self.assertIn(order.access_token, mail.body_html)
        change._tell_customer("payment_link")
        self.assertEqual(self._links(change), mail)

    def test_refused_gets_none(self):
        order = self._confirmed()
        change = self._submitted(order, self._card(order))
        change.action_refuse(reason="No cards")
        self._flush()
        self.assertFalse(self._links(change))

    def test_bank_gets_none(self):
        order = self._confirmed()
        self.assertFalse(self._links(self._applied(order, "payment_method")))
        self.assertEqual(order.preferred_payment_method_line_id, self.method_line)

    def test_how_others_are_paid_is_refused(self):
        outbound = self.method_line.journal_id.outbound_payment_method_line_ids[:1]
        order = self._confirmed()
        row = self._kind(order, "payment_method", payment_method_line_id=outbound.id)
        change = self._new_change(order, row)
        with self.assertRaises(ChangeError) as refusal, self.env.cr.savepoint():
            change.action_submit()
        self.assertEqual(refusal.exception.context["rule"], "inbound")

    def test_not_past_the_request(self):
        self._control()
        order = self._confirmed().with_user(self.salesman)
        with self.assertRaises(ChangeControlError), self.env.cr.savepoint():
            order.preferred_payment_method_line_id = self.card
            self.env.flush_all()

    def test_drafts_follow_and_what_is_issued_stays(self):
        order = self._confirmed((self.service, 10))
        issued = order.sudo()._create_invoices()
        issued.action_post()
        self._flush()
        self._applied(order, self._quantity(order, 12))
        draft = order.sudo()._create_invoices()
        self._flush()
        due = issued.invoice_date_due
        term = self.env.ref("account.account_payment_term_45days")
        row = self._kind(order, "payment_term", payment_term_id=term.id)
        change = self._submitted(order, row, "payment_method")
        remarks = "\n".join(change.impact["remarks"])
        self.assertIn(f"{issued.name} is issued already", remarks)
        change.action_apply()
        self._flush()
        self.assertEqual(order.payment_term_id, term)
        self.assertEqual(draft.invoice_payment_term_id, term)
        self.assertEqual(draft.preferred_payment_method_line_id, self.method_line)
        self.assertEqual(issued.invoice_date_due, due)
        self.assertFalse(issued.preferred_payment_method_line_id)
        draft.action_post()
        self.assertEqual((draft.invoice_date_due - draft.invoice_date).days, 45)
