from odoo.tests import HttpCase, tagged

from odoo.addons.sales_order_plus.tests.common import SIGNATURE

from .common import ApprovalCommon

INTERNAL = ("High discount", "tsap_", "Management", "Never ever", "limit 15")
RECEIVED = "We have received your order"
CHANGES = "needs changes"


@tagged("post_install", "-at_install")
class TestCustomer(ApprovalCommon, HttpCase):
    """What the customer is told: received, confirmed, or changes needed."""

    def setUp(self):
        super().setUp()
        self.env.ref("base.public_user").lang = "en_US"
        self.company.approval_customer_status = True
        self.order = self._new_discounted(require_signature=True, require_payment=False)
        self.order.action_quotation_sent()
        self.authenticate("tsop_portal", "tsop_portal")

    def _sign(self):
        self.make_jsonrpc_request(
            f"/my/orders/{self.order.id}/accept",
            {
                "access_token": self.order._portal_ensure_token(),
                "name": "Paula",
                "signature": SIGNATURE,
            },
        )
        self.env.invalidate_all()

    def _get_page(self, path=None):
        response = self.url_open(path or f"/my/orders/{self.order.id}")
        self.assertEqual(response.status_code, 200)
        return response.text

    def _get_mails(self, subject=""):
        """Return the messages the customer got, oldest first."""
        return self.env["mail.message"].search(
            [
                ("model", "=", "sale.order"),
                ("res_id", "=", self.order.id),
                ("notified_partner_ids", "in", self.customer.ids),
                ("subject", "like", subject),
            ],
            order="id",
        )

    def _assert_nothing_internal(self):
        text = self._get_page() + self._get_page("/my/quotes")
        for mail in self._get_mails():
            text += f"{mail.subject} {mail.body} {mail.email_from} {mail.reply_to}"
            text += f"{mail.author_id.name} {mail.create_uid.name}"
        for word in INTERNAL:
            self.assertNotIn(word, text)

    def test_received_then_confirmed(self):
        self._sign()
        self.assertIn("Your order is being reviewed", self._get_page())
        self.assertIn("Under review", self._get_page("/my/quotes"))
        self.assertEqual(len(self._get_mails(RECEIVED)), 1)
        self._assert_nothing_internal()
        self._approve(self.order, self.ann, "Never ever again")
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "sale")
        mails = self._get_mails()
        self.assertEqual(len(mails), 2, "Odoo's own confirmation")
        self.assertIn(self.order.name, mails[-1].body)
        page = self._get_page()
        self.assertNotIn("being reviewed", page)
        self._assert_nothing_internal()

    def test_rejected_is_changes_needed(self):
        self._sign()
        self._reject(self.order, self.ann, "Never ever")
        page = self._get_page()
        self.assertIn("Your order needs changes", page)
        self.assertNotIn("Your order is being reviewed", page)
        self.assertIn("Changes needed", self._get_page("/my/quotes"))
        self.assertEqual(len(self._get_mails(CHANGES)), 1)
        self._assert_nothing_internal()

    def test_sent_back_is_changes_needed(self):
        self._sign()
        self.env.flush_all()
        self.env.invalidate_all()
        self.order.with_user(self.ann).action_request_change("Never ever")
        self.assertIn("Your order needs changes", self._get_page())
        self.assertEqual(len(self._get_mails(CHANGES)), 1)
        self._assert_nothing_internal()

    def test_sent_by_nobody_who_decides(self):
        self._sign()
        self._reject(self.order, self.ann, "Never ever")
        for mail in self._get_mails():
            self.assertNotIn(self.ann.partner_id, mail.author_id)
            self.assertNotEqual(mail.create_uid, self.ann)

    def test_told_once(self):
        self._sign()
        self.order.sudo()._validate_order()
        self.order.sudo()._validate_order()
        self.assertEqual(len(self._get_mails(RECEIVED)), 1)

    def test_nothing_before_he_accepts(self):
        """That we ask each other before is none of his business."""
        self.order.action_submit_for_approval()
        self._reject(self.order, self.ann, "Never ever")
        page = self._get_page()
        self.assertNotIn("needs changes", page)
        self.assertFalse(self._get_mails(RECEIVED) + self._get_mails(CHANGES))

    def test_switched_off(self):
        self.company.approval_customer_status = False
        self._sign()
        self._reject(self.order, self.ann, "Never ever")
        page = self._get_page()
        # What the base says to every accepted order on hold.
        self.assertIn("Your order is being reviewed", page)
        self.assertNotIn("needs changes", page)
        self.assertFalse(self._get_mails(RECEIVED) + self._get_mails(CHANGES))

    def test_customer_without_an_address(self):
        self.customer.email = False
        self._sign()
        self.assertTrue(self.order.hold_since)
        self.assertFalse(self._get_mails(RECEIVED))

    def test_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("sales_approval_plus.mail_template_customer_received")
        template.with_context(lang="fr_FR").subject = "Bien reçu {{ object.name }}"
        self.customer.lang = "fr_FR"
        self._sign()
        self.assertEqual(len(self._get_mails("Bien reçu")), 1)
