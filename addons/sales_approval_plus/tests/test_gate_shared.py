from odoo.tests import tagged

from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestGateShared(ApprovalCommon):
    """Batches of orders wait for each other where a policy looks at other orders."""

    def setUp(self):
        super().setUp()
        # Only what policies say is looked at here.
        base = self.env["sales.validation.rule"].search([])
        base.active = False
        self.company.sudo().write({"credit_check": "none", "fraud_hold_score": 0})
        self.env["sales.delivery.slot"].search([]).unlink()

    def _is_shared(self):
        return self.env["sale.order"].with_user(self.salesman)._is_gate_shared()

    def test_own_values(self):
        self.assertFalse(self._is_shared())
        self._new_policy(discount=10)
        self._new_policy(amount=1000, domain="[('partner_id.ref', '!=', False)]")
        self.assertFalse(self._is_shared())

    def test_stock(self):
        policy = self._new_policy(short_lines=1)
        self.assertTrue(self._is_shared())
        policy.active = False
        self.assertFalse(self._is_shared())

    def test_customer(self):
        for metric in ("amount_day", "credit_excess", "new_customer"):
            with self.subTest(metric=metric):
                policy = self._new_policy(**{metric: 1})
                self.assertTrue(self._is_shared())
                policy.active = False

    def test_filter(self):
        self._new_policy(
            amount=1000, domain="[('order_line.product_id.free_qty', '<', 1)]"
        )
        self.assertTrue(self._is_shared())

    def test_cap(self):
        """What a policy lets pass without anybody is counted by customer and day."""
        self._new_policy(amount=10, outcome="auto")
        self.assertTrue(self._is_shared())

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "Test other"})
        self._new_policy(short_lines=1, company_id=other.id)
        self.assertFalse(self._is_shared())
