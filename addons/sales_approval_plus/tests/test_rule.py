from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestRule(ApprovalCommon):
    """A validation rule of the severity *approve* is settled by an approval."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.active = False
        cls.many = cls._new_rule("Many pieces", 10)
        cls.more = cls._new_rule("Even more pieces", 50)

    @classmethod
    def _new_rule(cls, name, quantity):
        return cls.env["sales.validation.rule"].create(
            {
                "name": name,
                "code": name.lower().replace(" ", "_"),
                "kind": "domain",
                "target": "line",
                "line_domain": f"[('product_uom_qty', '>=', {quantity})]",
                "severity": "approve",
                "on_confirm": True,
                "company_id": cls.company.id,
                "message": name,
            }
        )

    def _assert_refused(self, order, text):
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            order.action_confirm()
        self.assertIn(text, str(caught.exception))
        self.env.invalidate_all()
        self.assertEqual(order.state, "draft")

    def _new_large(self, quantity=10):
        return self._new_discounted(0, quantity).with_user(self.salesman)

    def test_without_a_policy_it_stops(self):
        order = self._new_large()
        self.assertEqual(order.approval_state, "not_required")
        self._assert_refused(order, "Many pieces")

    def test_approved(self):
        self._new_policy(name="Rules", rules={})
        order = self._new_large()
        self.assertEqual(order.approval_state, "to_submit")
        self.assertIn(
            "Rules: Validation rule that wants approval Many pieces",
            order.guard_message,
        )
        self._assert_refused(order, "Submit for Approval")
        order.action_submit_for_approval()
        self._approve(order, self.ann)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_another_rule_needs_another_approval(self):
        self._new_policy(name="Rules", rules={})
        order = self._new_large()
        order.action_submit_for_approval()
        self._approve(order, self.ann)
        order.order_line.product_uom_qty = 60
        self.assertEqual(order.approval_state, "to_submit")
        self._assert_refused(order, "Even more pieces")

    def test_policy_for_some_rules(self):
        """The other rule still stops."""
        self._new_policy(name="Rules", rules={"rule_ids": self.more.ids})
        self.assertEqual(self._new_large().approval_state, "not_required")
        order = self._new_large(60)
        order.action_submit_for_approval()
        self._approve(order, self.ann)
        self.many.active = False
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_blocking_rule_is_not_settled(self):
        self._new_policy(name="Rules", rules={})
        order = self._new_large()
        order.action_submit_for_approval()
        self._approve(order, self.ann)
        self.many.severity = "block"
        self.env.invalidate_all()
        self._assert_refused(order, "Many pieces")
