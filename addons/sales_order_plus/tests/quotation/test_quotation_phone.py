from odoo.tests import HttpCase, tagged

from ..common import SalesPlusCommon


@tagged("post_install", "-at_install")
class TestQuotationPhone(SalesPlusCommon, HttpCase):
    """The customer negotiates, signs and pays on his phone."""

    browser_size = "390x844"
    touch_enabled = True

    def test_negotiate_sign_and_pay(self):
        self.env.ref("payment.payment_provider_demo").write(
            {"state": "test", "is_published": True, "company_id": self.company.id}
        )
        self.company.portal_negotiation = True
        self.salesman.name = "Sam Seller"
        order = self._new_order(
            (self.product, 2),
            (self.service, 1),
            require_signature=True,
            require_payment=True,
            prepayment_percent=1.0,
        ).sudo()
        order.order_line[0].name = "A description of more words than a phone is wide"
        order.action_quotation_sent()
        order.note = "<p>Terms and conditions</p>"
        self.start_tour(order.get_portal_url(), "sales_order_plus_quotation_phone")
        # The page that waits for the payment does this, if it is still open.
        order.transaction_ids._post_process()
        self.start_tour(order.get_portal_url(), "sales_order_plus_order_phone")
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.signed_by, "Phone Customer")
        self.assertEqual(order.transaction_ids.state, "done")
        self.assertEqual(order.transaction_ids.amount, 250)
        self.assertEqual(
            self.env["sales.counter.offer"].search([("order_id", "=", order.id)]).state,
            "withdrawn",
        )
