from odoo.tests import tagged

from odoo.addons.account_payment.tests.common import AccountPaymentCommon
from odoo.addons.payment.tests.http_common import PaymentHttpCommon

from ..common import SalesPlusCommon


@tagged("post_install", "-at_install")
class TestPortalPayment(SalesPlusCommon, AccountPaymentCommon, PaymentHttpCommon):
    """Odoo's own way from the portal to the paid invoice, with ours installed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._book_on_known_account()
        cls.currency = cls.company.currency_id
        cls.item = cls._new_product("Item", 100, type="service", invoice_policy="order")
        parameters = cls.env["ir.config_parameter"].sudo()
        parameters.set_param("sale.automatic_invoice", "True")

    @classmethod
    def _book_on_known_account(cls):
        lines = cls.provider.journal_id.inbound_payment_method_line_ids
        lines.filtered(
            lambda line: line.payment_provider_id == cls.provider
        ).payment_account_id = cls.inbound_payment_method_line.payment_account_id

    def _pay(self, order):
        """Pay as the customer's browser does, up to the answer of the provider."""
        order._portal_ensure_token()
        answer = self.make_jsonrpc_request(
            f"/my/orders/{order.id}/transaction", self._get_transaction_values(order)
        )
        return self._get_tx(answer["reference"])

    def _get_transaction_values(self, order):
        return {
            "provider_id": self.provider.id,
            "payment_method_id": self.payment_method_id,
            "token_id": None,
            "amount": order.amount_total,
            "flow": "direct",
            "tokenization_requested": False,
            "landing_route": order.get_portal_url(),
            "access_token": order.access_token,
        }

    def test_paid_on_the_portal(self):
        order = self._new_order(
            (self.item, 1), require_payment=True, require_signature=False
        )
        order.action_quotation_sent()
        transaction = self._pay(order)
        self.assertEqual((order.state, order.payment_status), ("sent", "none"))
        transaction._set_done()
        transaction.with_context(skip_sale_auto_invoice_send=True)._post_process()
        self.assertEqual((order.state, order.payment_status), ("sale", "captured"))
        invoice = order.sudo().invoice_ids
        self.assertEqual(invoice.state, "posted")
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertEqual(invoice.amount_residual, 0)


@tagged("post_install", "-at_install")
class TestDemoPayment(TestPortalPayment):
    """The customer logs in and pays with Odoo's demo provider, as in the demo data.

    The addon does not depend on payment_demo; each ./dev database has it.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal_user.password = "tsop_portal"
        demo = cls.env.ref("payment.payment_provider_demo").sudo()
        if demo.company_id != cls.company:
            demo = demo.copy({"company_id": cls.company.id})
        demo.write({"state": "test", "is_published": True})
        cls.provider = demo
        cls.payment_method_id = cls.provider.payment_method_ids[:1].id
        cls._book_on_known_account()

    def _pay(self, order):
        self.authenticate("tsop_portal", "tsop_portal")
        page = self.url_open(f"/my/orders/{order.id}").text
        self.assertIn('data-provider-code="demo"', page)
        transaction = super()._pay(order)
        self.assertEqual(transaction.provider_code, "demo")
        return transaction

    def _simulate(self, transaction, state):
        """What the form of the provider does, and the page that waits for it."""
        self.make_jsonrpc_request(
            "/payment/demo/simulate_payment",
            {
                "reference": transaction.reference,
                "payment_details": "1234",
                "simulated_state": state,
            },
        )
        self.make_jsonrpc_request("/payment/status/poll", {})
        transaction.invalidate_recordset()

    def _new_payable(self):
        order = self._new_order(
            (self.item, 1), require_payment=True, require_signature=False
        )
        order.action_quotation_sent()
        return order

    def test_paid_on_the_portal(self):
        order = self._new_payable()
        transaction = self._pay(order)
        self._simulate(transaction, "done")
        order.invalidate_recordset()
        self.assertEqual(transaction.state, "done")
        self.assertEqual((order.state, order.payment_status), ("sale", "captured"))
        invoice = order.sudo().invoice_ids
        self.assertEqual((invoice.state, invoice.amount_residual), ("posted", 0))
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))

    def test_refused_by_the_bank(self):
        order = self._new_payable()
        transaction = self._pay(order)
        self._simulate(transaction, "error")
        order.invalidate_recordset()
        self.assertEqual((transaction.state, order.state), ("error", "sent"))
        self.assertFalse(order.sudo().invoice_ids)

    def test_other_customers_cannot_pay_without_the_link(self):
        order = self._new_payable()
        self.portal_user.partner_id.parent_id = False
        self.authenticate("tsop_portal", "tsop_portal")
        page = self.url_open(f"/my/orders/{order.id}")
        self.assertNotIn("data-provider-code", page.text)
