from odoo.tests import tagged

from odoo.addons.sales_order_plus.tests.quotation.common_portal import (
    QuotationPortalCommon,
)

from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestQuotationApproval(ApprovalCommon, QuotationPortalCommon):
    """Quotations whose terms somebody has to approve."""

    def test_approved_draft_says_so(self):
        order = self._new_submitted()
        self.assertEqual(order.quotation_status, "draft")
        self._approve(order, self.ann)
        self.assertEqual(order.quotation_status, "approved")
        order.order_line.discount = 60
        self.assertEqual(order.quotation_status, "draft")

    def test_accepted_counter_offer_goes_out_once_it_is_approved(self):
        """Beyond the limit: Rev 2 waits as a draft, and Ann's vote sends it."""
        self.policy.criterion_ids.write({"metric": "amount", "value": 150})
        order = self._new_sent((self.service, 2))
        line = order.order_line
        fields = {f"price_{line.id}": "40", f"quantity_{line.id}": "10"}
        self._post(order, "counter_offer", **fields)
        offer = order.counter_offer_ids.with_user(self.salesman)
        result = offer.action_accept()
        self.assertEqual((result["revision"], result["sent"]), (2, False))
        self.assertEqual((order.state, order.approval_state), ("draft", "pending"))
        self._approve(order, self.ann)
        self.assertEqual((order.state, order.sent_via), ("sent", "email"))
        self.assertEqual(order.amount_total, 400)
