from odoo.tests import tagged

from ..returns.common import ReturnCommon


@tagged("post_install", "-at_install")
class TestReturnFee(ReturnCommon):
    """What a return costs nets in its credit note."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sales.restocking.fee"].search([]).active = False
        cls.fee = cls.env["sales.restocking.fee"].create(
            {"name": "Restocking", "percent": 10, "company_id": cls.company.id}
        )
        cls.fee.product_id.taxes_id = cls.tax

    def _returnable(self):
        order = self._delivered()
        self._invoice(order)
        return order

    def test_two_of_six(self):
        """200 less 20, each with 19 % tax: 214.20."""
        order = self._returnable()
        one = self._request(order)
        self.assertEqual(one.expected_fee, 20)
        data = self.env["sales.order.api"].with_user(self.salesman)
        self.assertEqual(data.get_return(number=one.name)["expected_fee"], 20)
        one.action_authorise()
        self._receive(one)
        credit = one.sudo().credit_note_ids
        self.assertAlmostEqual(credit.amount_total, 214.2)
        self.assertEqual((one.fee_amount, one.credited_amount), (20, 214.2))
        fee = order.order_line.filtered("is_restocking_fee")
        self.assertEqual((fee.qty_invoiced, fee.qty_to_invoice), (1, 0))
        self.assertEqual(fee.product_id, self.fee.product_id)

    def test_our_fault(self):
        one = self._request(self._returnable(), reason=self.our_fault, note="Broken")
        self.assertEqual(one.expected_fee, 0)

    def test_customer_sees_it_first(self):
        self._policy(return_portal=True)
        order = self._returnable().with_user(self.portal_user).sudo()
        shown = order._preview_return_as_customer(
            {order.order_line.id: 2}, self.reason.id
        )
        self.assertEqual(shown["fee"], 20)
        self.assertIn("restocking fee", shown["text"])

    def test_time_since_the_delivery(self):
        self.fee.days_from = 5
        order = self._returnable()
        self.assertEqual(self._request(order, 1).expected_fee, 0)
        self._days_ago(order, 6)
        self.assertEqual(self._request(order, 1).expected_fee, 10)

    def test_waived(self):
        one = self._request(self._returnable())
        one.action_waive_fee(reason="He bought a lot")
        self.assertEqual(one.fee_waiver, "wanted")
        one.with_user(self.manager).action_waive_fee(reason="Yes")
        self.assertEqual(one.expected_fee, 0)
        one.action_authorise()
        self._receive(one)
        self.assertAlmostEqual(one.sudo().credit_note_ids.amount_total, 238)
        self.assertEqual(one.fee_amount, 0)
