from odoo.tests import tagged

from ..exceptions import VoteError
from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestAdvice(ApprovalCommon):
    """A recommendation from what people decided before; it decides nothing."""

    def _decide(self, approved, declined, **values):
        for _ in range(approved):
            self._new_approved(**values)
        for _ in range(declined):
            order = self._new_submitted(**values)
            self._reject(order, self.ann)

    def _ask(self, **values):
        self.env.invalidate_all()
        return self._get_request(self._new_submitted(**values)).with_user(self.ann)

    def test_eighteen_of_twenty_one(self):
        self._decide(18, 3)
        request = self._ask()
        self.assertEqual(request.advice, "approve")
        self.assertEqual(request.advice_data["confidence"], 0.86)
        self.assertTrue(request.advice_text.startswith("18 of 21 similar requests"))
        self.assertIn("the same customer", request.advice_text)
        found = request.search(request.action_view_similar()["domain"])
        self.assertEqual(len(found), 21)

    def test_too_few(self):
        self._decide(4, 0)
        request = self._ask()
        self.assertEqual(request.advice, "none")
        self.assertTrue(request.advice_text.startswith("Not enough history: 4"))

    def test_what_is_not_similar(self):
        """Other amounts, other discounts, other policies."""
        self._decide(5, 0, quantity=10)
        self._decide(5, 0, discount=40)
        self.assertEqual(self._ask().advice, "none")

    def test_other_customers_where_his_own_are_too_few(self):
        other = self.env["res.partner"].create({"name": "Other"})
        self._decide(0, 6, partner_id=other.id)
        request = self._ask()
        self.assertEqual(request.advice, "decline")
        self.assertFalse(request.advice_data["same_customer"])

    def test_against_the_advice(self):
        self._decide(0, 5)
        request = self._ask()
        with self.assertRaisesRegex(VoteError, "say why this one is different"):
            request.action_approve()
        request.action_approve("A fair this year")
        vote = request.vote_ids
        self.assertEqual(vote.advice["recommendation"], "decline")
        self.assertEqual((vote.advice["agreed"], vote.advice["samples"]), (0, 5))

    def test_automatic_approvals_are_no_experience(self):
        self._decide(5, 0)
        self._ask().search([("state", "=", "approved")])
        requests = self.env["sales.approval.request"].search(
            [("state", "=", "approved"), ("company_id", "=", self.company.id)]
        )
        requests[0].auto_policy_id = self.policy
        self.assertEqual(self._ask().advice, "none")


@tagged("post_install", "-at_install")
class TestRisk(ApprovalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.factors = cls.env["sales.approval.risk.factor"]
        cls.factors.with_context(active_test=False).search([]).active = False
        cls.product.standard_price = 70
        values = (
            ("Below cost", 40, "line_margin", {"operator": "below", "value": 0}),
            ("New", 35, "new_customer", {}),
            ("Rush", 50, "lead_days", {"operator": "below", "value": 2}),
        )
        cls.factors.create(
            [
                {"name": name, "weight": weight, "metric": metric, **more}
                for name, weight, metric, more in values
            ]
        )
        cls.customer = cls.env["res.partner"].create({"name": "Risky"})

    def test_breakdown(self):
        """New and below cost: 40 + 35 = 75, high."""
        order = self._new_discounted(40, partner_id=self.customer.id)
        self.assertEqual((order.risk_score, order.risk_level), (75, "high"))
        self.assertIn(
            "+40 Below cost: Lowest margin of a line -16.67%", order.risk_reasons
        )
        self.assertIn("+35 New: New customer", order.risk_reasons)

    def test_at_most_a_hundred(self):
        order = self._new_discounted(40, partner_id=self.customer.id)
        order.commitment_date = order.date_order
        self.assertEqual(order.risk_score, 100)

    def test_policy_adds_the_credit_step(self):
        credit = self._new_role("Credit", self.bob)
        self.policy.active = False
        self._new_policy({"role_id": credit.id}, name="Risk", risk_score=70)
        order = self._new_discounted(20, partner_id=self.customer.id)
        self.assertEqual(order.approval_state, "not_required")
        order.order_line.discount = 40
        order.action_submit_for_approval()
        request = self._get_request(order)
        self.assertEqual(request.line_ids.name, "Credit")
        self.assertEqual((request.risk_score, request.risk_level), (75, "high"))
        self.assertIn("Below cost", request.risk_reasons)

    def test_factor_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        self.factors.search([]).company_id = other
        order = self._new_discounted(40, partner_id=self.customer.id)
        self.assertEqual((order.risk_score, order.risk_level), (0, "low"))

    def test_no_factor_costs_no_query(self):
        self.factors.search([]).active = False
        order = self._new_discounted(40)
        order._get_risk_breakdown()
        self.env.flush_all()
        with self.assertQueryCount(0):
            self.assertFalse(order._get_risk_breakdown())


@tagged("post_install", "-at_install")
class TestFacts(ApprovalCommon):
    """What the approver sees beside the numbers."""

    def test_page(self):
        self.product.standard_price = 70
        self.product.is_storable = True
        rival = self.env["res.partner"].create({"name": "Rival"})
        self.env["sales.competitor.price"].create(
            {
                "partner_id": rival.id,
                "product_tmpl_id": self.product.product_tmpl_id.id,
                "price": 85,
                "date": "2024-01-01",
            }
        )
        order = self._new_submitted(discount=12.0 + 3, quantity=10)
        facts = str(self._get_request(order).with_user(self.ann).facts)
        # 85 - 70 of 85; 15 % below the list; the price of the competitor.
        for text in ("17.65%", "-15.00", "Not in Stock", "unknown", ">10<"):
            self.assertIn(text, facts)

    def test_what_changed(self):
        order = self._new_approved(quantity=2)
        order.order_line.discount = 30
        order.action_submit_for_approval()
        facts = str(self._get_request(order).with_user(self.ann).facts)
        self.assertIn("Changed since the last round", facts)
        self.assertIn("discount 20.00%", facts)
        self.assertIn("discount 30.00%", facts)

    def test_what_is_forbidden_is_not_approved(self):
        """A rule blocks the order: mended first, approved then, over RPC too."""
        order = self._new_submitted()
        rule = self.env["sales.validation.rule"].create(
            {
                "name": "No such country",
                "code": "no_such_country",
                "kind": "domain",
                "severity": "block",
                "on_confirm": True,
                "domain": f"[('partner_id', '=', {order.partner_id.id})]",
                "message": "Delivery is forbidden",
            }
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(VoteError, "cannot be approved.*forbidden"):
            order.with_user(self.ann).action_approve()
        self.assertIn("forbidden", str(self._get_request(order).facts))
        rule.active = False
        self.env.invalidate_all()
        order.with_user(self.ann).action_approve()
        self.assertEqual(order.approval_state, "approved")
