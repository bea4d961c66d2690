from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sales_order_plus.tests.common import SIGNATURE

from ..exceptions import ApprovalError, VoteError
from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestConditional(ApprovalCommon):
    """Approved, but only if something holds: looked at by the gate."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.criterion_ids.value = 5

    def _approve_on(self, *conditions, discount=15):
        """Return an order that Ann approved on these conditions."""
        order = self._new_submitted(discount=discount, require_payment=False)
        self.env.flush_all()
        self.env.invalidate_all()
        order.with_user(self.ann).action_approve("If", conditions=conditions)
        return order.with_user(self.salesman)

    def _assert_refused(self, order, text):
        with self.assertRaises(UserError) as caught:
            order.action_confirm()
        self.assertIn(text, str(caught.exception))
        self.env.invalidate_all()
        self.assertEqual(order.state, "draft")

    def test_discount_and_prepayment(self):
        """At most 10 %, 30 % in advance: refused, applied, confirmed."""
        order = self._approve_on(
            {"kind": "max_discount", "value": 10},
            {"kind": "prepayment_percent", "value": 30},
        )
        request = self._get_request(order)
        self.assertEqual(request.state, "conditional")
        self.assertEqual(order.approval_state, "conditional")
        self._assert_refused(order, "Next step: Apply Conditions")
        with self.assertRaises(UserError):
            order.write({"state": "sale"})
        order.action_apply_conditions()
        self.assertEqual(order.order_line.discount, 10)
        self.assertTrue(order.require_payment)
        self.assertEqual(order.prepayment_percent, 0.3)
        self.assertEqual(request.condition_ids.mapped("is_met"), [True, True])
        self.assertEqual(order.approval_state, "approved")
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.approval_state, "approved")
        found = order.search([("approval_state", "=", "approved")])
        self.assertIn(order, found)

    def test_a_condition_that_does_not_hold_any_more(self):
        order = self._approve_on({"kind": "max_discount", "value": 10})
        order.action_apply_conditions()
        order.order_line.discount = 12
        self._assert_refused(order, "Discount of every line at most (%): 10")

    def test_lowered_price_is_a_discount_too(self):
        order = self._approve_on({"kind": "max_discount", "value": 10})
        order.order_line.write({"discount": 0, "price_unit": 86})
        self._assert_refused(order, "Apply Conditions")
        order.action_apply_conditions()
        self.assertEqual(order.order_line.price_unit, 100)
        self.assertEqual(order.order_line.discount, 10)

    def test_price(self):
        order = self._approve_on(
            {"kind": "min_price", "product_id": self.product.id, "value": 92}
        )
        self._assert_refused(order, "92.00")
        order.action_apply_conditions()
        self.assertEqual(
            (order.order_line.price_unit, order.order_line.discount), (92, 0)
        )
        order.action_confirm()

    def test_margin(self):
        self.product.standard_price = 80
        order = self._approve_on({"kind": "min_margin", "value": 10})
        self._assert_refused(order, "Margin at least (%): 10")
        order.order_line.discount = 11
        order.action_confirm()

    def test_payment_terms(self):
        """The terms asked for are no change that needs another approval."""
        cash, late = self.env["account.payment.term"].create(
            [{"name": "Cash"}, {"name": "Late"}]
        )
        order = self._approve_on({"kind": "payment_term", "payment_term_id": cash.id})
        self._assert_refused(order, "Payment terms: Cash")
        order.payment_term_id = late
        self.assertEqual(order.approval_state, "to_submit")
        order.payment_term_id = cash
        self.assertEqual(order.approval_state, "approved")
        order.action_confirm()

    def test_what_somebody_has_to_tick_off(self):
        order = self._approve_on({"kind": "text", "text": "Purchase order in writing"})
        condition = self._get_request(order).condition_ids
        self._assert_refused(order, "Purchase order in writing")
        for user in (self.salesman, self.bob):
            with self.assertRaises(UserError):
                condition.with_user(user).action_tick_off()
        condition.with_user(self.ann).action_tick_off()
        self.assertEqual(condition.met_by_id, self.ann)
        order.action_confirm()

    def test_signed_order_confirms_when_the_last_condition_is_ticked_off(self):
        order = self._new_submitted(require_signature=True, require_payment=False)
        order.sudo().write({"signed_by": "Customer", "signature": SIGNATURE})
        conditions = [{"kind": "text", "text": "Papers"}]
        order.with_user(self.ann).action_approve(conditions=conditions)
        self.assertNotEqual(order.state, "sale")
        self._get_request(order).condition_ids.with_user(self.ann).action_tick_off()
        self.assertEqual(order.state, "sale")

    def test_conditions_are_complete(self):
        wrong = (
            {"kind": "min_price", "value": 5},
            {"kind": "payment_term"},
            {"kind": "text", "text": " "},
            {"kind": "max_discount", "value": 101},
            {"kind": "prepayment_percent", "value": -1},
        )
        order = self._new_submitted()
        for condition in wrong:
            with self.subTest(**condition), self.assertRaises(ValidationError):
                with self.env.cr.savepoint():
                    order.with_user(self.ann).action_approve(conditions=[condition])
        self.assertFalse(self._get_request(order).vote_ids)

    def test_nothing_to_apply(self):
        order = self._new_approved().with_user(self.salesman)
        with self.assertRaisesRegex(ApprovalError, "no conditions wait"):
            order.action_apply_conditions()

    def test_dialog(self):
        order = self._new_submitted(discount=15)
        request = self._get_request(order).with_user(self.ann)
        action = request.action_open_conditions()
        wizard = self.env[action["res_model"]].with_user(self.ann)
        wizard = wizard.with_context(**action["context"]).create(
            {
                "reason": "If",
                "rating": "4",
                "condition_ids": [
                    Command.create({"kind": "max_discount", "value": 10})
                ],
            }
        )
        wizard.action_decide()
        self.assertEqual(request.state, "conditional")
        self.assertEqual(request.condition_ids.value, 10)
        self.assertEqual(request.vote_ids.rating, "4")


@tagged("post_install", "-at_install")
class TestRequirements(ApprovalCommon):
    """Steps that want a comment or a signature."""

    def _require(self, **values):
        self.policy.step_ids.write(values)
        return self._new_submitted()

    def test_comment(self):
        order = self._require(comment_required=True)
        with self.assertRaisesRegex(VoteError, "needs a comment"):
            self._approve(order, self.ann)
        self._approve(order, self.ann, "Good customer")
        request = self._get_request(order)
        self.assertEqual(request.vote_ids.reason, "Good customer")
        event = self.env["sales.audit.event"].search(
            [("code", "=", "vote.cast"), ("res_id", "=", order.id)]
        )
        self.assertEqual(event.data["reason"], "Good customer")
        self.assertIn("Good customer", request.message_ids.mapped("body")[0])

    def test_signature_over_rpc(self):
        order = self._require(signature_required=True)
        with self.assertRaisesRegex(VoteError, "needs your signature"):
            self._approve(order, self.ann)
        with self.assertRaisesRegex(VoteError, "no image in base64"):
            order.with_user(self.ann).action_approve(signature="nonsense!")
        self.assertFalse(self._get_request(order).vote_ids)
        order.with_user(self.ann).action_approve(signature=SIGNATURE)
        vote = self._get_request(order).vote_ids
        self.assertTrue(vote.signature)
        self.assertEqual(vote.signed_name, self.ann.name)
        self.assertEqual(vote.verify(), {vote.id: True})

    def test_proof_notices_a_change(self):
        order = self._require(signature_required=True)
        order.with_user(self.ann).action_approve(
            signature=SIGNATURE, signed_name="Ann A."
        )
        vote = self._get_request(order).vote_ids
        self.env.flush_all()
        for column, value in (
            ("signed_name", "Somebody"),
            ("user_id", self.bob.id),
            ("decision", "reject"),
            ("date", "2020-01-01 00:00:00"),
        ):
            with self.subTest(column=column), self.env.cr.savepoint() as savepoint:
                self.env.cr.execute(
                    f"UPDATE sales_approval_vote SET {column} = %s WHERE id = %s",
                    [value, vote.id],
                )
                vote.invalidate_recordset()
                self.assertEqual(vote.verify(), {vote.id: False})
                savepoint.rollback()
            vote.invalidate_recordset()
        request = self._get_request(order)
        self.env.cr.execute(
            "UPDATE sales_approval_request SET fingerprint = 'x' WHERE id = %s",
            [request.id],
        )
        request.invalidate_recordset()
        self.assertEqual(vote.verify(), {vote.id: False})

    def test_button_opens_the_dialog(self):
        order = self._require(signature_required=True)
        action = order.with_user(self.ann).action_open_approval()
        self.assertEqual(action["res_model"], "sales.approval.decision")
        wizards = self.env["sales.approval.decision"].with_user(self.ann)
        wizard = wizards.with_context(**action["context"]).create(
            {"signature": SIGNATURE}
        )
        self.assertTrue(wizard.signature_required)
        wizard.action_decide()
        self.assertEqual(order.approval_state, "approved")

    def test_button_approves_where_nothing_is_wanted(self):
        order = self._new_submitted()
        self.assertIs(order.with_user(self.ann).action_open_approval(), True)
        self.assertEqual(order.approval_state, "approved")

    def test_rating(self):
        order = self._new_submitted()
        with self.assertRaisesRegex(VoteError, "from 1 to 5"):
            order.with_user(self.ann).action_approve(rating=6)
        order.with_user(self.ann).action_approve(rating=2)
        self.assertEqual(self._get_request(order).vote_ids.rating, "2")

    def test_signature_comes_with_an_approval_only(self):
        order = self._require(signature_required=True)
        self._reject(order, self.ann)
        self.assertFalse(self._get_request(order).vote_ids.signature)
