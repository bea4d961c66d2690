from odoo.tests import tagged

from ...exceptions import ChangeError
from ...models.seam.sales_guard_mixin import Finding
from .common import CancellationCommon


@tagged("post_install", "-at_install")
class TestCancelMail(CancellationCommon):
    """The customer is told once, in his language, of what has really happened."""

    def setUp(self):
        super().setUp()
        self.customer.email = "customer@example.com"
        self.env["sales.change.policy"].create(
            {
                "name": "Shop",
                "company_id": self.company.id,
                "cancel_until": "open",
            }
        )

    def _mails(self, cancellation):
        return self.env["mail.mail"].search(
            [
                ("model", "=", "sales.order.cancellation"),
                ("res_id", "in", cancellation.ids),
            ]
        )

    def _stop(self):
        finding = Finding("finance", "Finance decides.", "approve")
        self.patch(
            self.registry["sales.order.cancellation"],
            "_get_guard_findings",
            lambda records, operation, baseline=None: {
                one.id: [finding] for one in records
            },
        )

    def test_line(self):
        order = self._confirmed()
        mail = self._mails(self._cancelled(order, {0: 4}))
        self.assertEqual(len(mail), 1)
        self.assertIn("partly", mail.subject)
        self.assertIn(f"4 {self.product.display_name}", mail.body_html)
        self.assertEqual(mail.recipient_ids, order.partner_id)
        # The queue sends it after the commit.
        self.assertEqual(mail.state, "outgoing")

    def test_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("sales_order_plus.mail_template_cancellation_applied")
        template.with_context(lang="fr_FR").subject = "Annulation"
        self.customer.lang = "fr_FR"
        mail = self._mails(self._cancelled(self._confirmed()))
        self.assertEqual(mail.subject, "Annulation")

    def test_failure_sends_none(self):
        order = self._confirmed()
        cancellation = self._new_cancellation(order)
        order.sudo().picking_ids.move_ids.picked = True
        with self.assertRaises(ChangeError), self.cr.savepoint():
            cancellation.action_cancel_now()
        self.assertFalse(self._mails(cancellation))

    def test_requested_and_refused(self):
        self._stop()
        order = self._confirmed().sudo()
        one = order._request_cancellation_as_customer(None, self.reason)
        self.assertEqual(one.state, "submitted")
        self.assertEqual(len(self._mails(one)), 1)
        one.action_refuse(reason="It is made already")
        refused = self._mails(one)[0]
        self.assertEqual(len(self._mails(one)), 2)
        self.assertIn("It is made already", refused.body_html)

    def test_switch_and_quotations(self):
        self.assertFalse(self._mails(self._cancelled(self._new_order())))
        self.company.sales_cancel_mail = False
        self.assertFalse(self._mails(self._cancelled(self._confirmed())))
