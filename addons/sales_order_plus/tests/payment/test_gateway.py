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
        lines = cls.provider.journal_id.inbound_payment_method_line_ids
        lines.filtered(
            lambda line: line.payment_provider_id == cls.provider
        ).payment_account_id = cls.inbound_payment_method_line.payment_account_id
        cls.currency = cls.company.currency_id
        cls.item = cls._new_product("Item", 100, type="service", invoice_policy="order")
        parameters = cls.env["ir.config_parameter"].sudo()
        parameters.set_param("sale.automatic_invoice", "True")

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
