from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sales_order_plus.exceptions import GuardError

from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestReapproval(ApprovalCommon):
    """What was approved stays approved as long as it does not get worse."""

    def setUp(self):
        super().setUp()
        self.order = self._new_approved(discount=20, quantity=5)
        self.line = self.order.order_line

    def _assert_needs_approval(self):
        self.assertEqual(self.order.approval_state, "to_submit")
        with self.assertRaises(GuardError):
            self.order.action_confirm()
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "draft")

    def test_unchanged(self):
        self.order.action_confirm()
        self.assertEqual(self.order.state, "sale")

    def test_better(self):
        self.line.discount = 18
        self.assertEqual(self.order.approval_state, "approved")
        self.order.action_confirm()

    def test_same_discount_on_another_quantity(self):
        """The policy measures the discount; the amount was not asked for."""
        self.line.product_uom_qty = 50
        self.assertEqual(self.order.approval_state, "approved")

    def test_worse_through_every_path(self):
        back = {"product_id": self.service.id, "price_unit": -50}
        changes = (
            lambda: self.line.write({"discount": 90}),
            lambda: self.line.sudo().write({"discount": 90}),
            lambda: self.order.write(
                {"order_line": [Command.update(self.line.id, {"discount": 21})]}
            ),
            lambda: self.line.write({"price_unit": 70}),
            lambda: self.order.write({"order_line": [Command.create(back)]}),
            lambda: self.order.web_save(
                {"order_line": [Command.update(self.line.id, {"price_unit": 50})]}, {}
            ),
            lambda: self.line.with_context(import_file=True).write({"discount": 50}),
        )
        for change in changes:
            with self.env.cr.savepoint() as savepoint:
                change()
                self._assert_needs_approval()
                savepoint.rollback()
            self.env.invalidate_all()
            self.assertEqual(self.order.approval_state, "approved")

    def test_worse_is_submitted_again(self):
        self.line.discount = 30
        self._assert_needs_approval()
        self.order.action_submit_for_approval()
        self.assertEqual(
            self.order.approval_request_ids.sorted("id").mapped("state"),
            ["superseded", "pending"],
        )
        self.assertEqual(
            self._get_codes(self.order, "approval"),
            [
                "approval.submitted",
                "approval.approved",
                "approval.superseded",
                "approval.submitted",
            ],
        )
        self._approve(self.order, self.ann)
        self.order.action_confirm()

    def test_other_customer(self):
        """A discount for one customer is none for another."""
        other = self.env["res.partner"].create({"name": "Other"})
        self.order.partner_id = other
        self.line.write({"price_unit": 100, "discount": 20})
        self._assert_needs_approval()

    def test_contact_of_the_same_customer(self):
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.customer.id}
        )
        self.order.partner_id = contact
        self.line.write({"price_unit": 100, "discount": 20})
        self.assertEqual(self.order.approval_state, "approved")

    def test_longer_payment_term(self):
        self.order.payment_term_id = self.env["account.payment.term"].create(
            {"name": "In a year"}
        )
        self._assert_needs_approval()

    def test_another_policy_hits(self):
        self._new_policy(name="Large", amount=100)
        self.env.invalidate_all()
        self._assert_needs_approval()

    def test_stricter_limit_of_the_same_policy(self):
        self.policy.criterion_ids.value = 5
        self.env.invalidate_all()
        self.assertEqual(self.order.approval_state, "approved")

    def test_reset_and_cancel(self):
        self.order.action_cancel()
        self.assertEqual(self.order.approval_request_ids.state, "superseded")
        self.order.action_draft()
        self._assert_needs_approval()

    def test_reset_of_a_sent_order(self):
        self.order.action_quotation_sent()
        self.assertEqual(self.order.approval_state, "approved")
        self.order.write({"state": "draft"})
        self._assert_needs_approval()

    def test_cancel_ends_a_pending_request(self):
        order = self._new_submitted()
        order.action_cancel()
        request = self._get_request(order)
        self.assertEqual(request.state, "superseded")
        self.assertFalse(request.activity_ids)
        self.assertFalse(request.with_user(self.ann).can_vote)

    def test_history_is_never_deleted(self):
        order = self._new_submitted()
        order.action_cancel()
        with self.assertRaisesRegex(UserError, "keeps its history"):
            order.with_user(self.manager).unlink()
        with self.assertRaisesRegex(UserError, "keeps its history"):
            order.sudo().unlink()

    def test_no_longer_needed(self):
        """Improved below the limit while it waits: free, and the question ends."""
        order = self._new_submitted()
        order.order_line.discount = 0
        self.assertEqual(order.approval_state, "not_required")
        order.action_confirm()
        self.assertEqual(self._get_request(order).state, "superseded")

    def test_line_replaced_by_an_equal_one(self):
        self.order.order_line = [
            Command.delete(self.line.id),
            Command.create(
                {
                    "product_id": self.product.id,
                    "product_uom_qty": 5,
                    "discount": 20,
                }
            ),
        ]
        request = self._get_request(self.order)
        self.assertEqual(
            request.fingerprint,
            self.order._get_approval_fingerprint(self.order._get_approval_snapshot()),
        )
        self.order.action_confirm()
        self.assertEqual(self.order.state, "sale")

    def test_rate_moves_between_approval_and_confirmation(self):
        """What is exactly as approved stays approved, whatever the rate does."""
        currency = self.env["res.currency"].create({"name": "TSX", "symbol": "x"})
        rate = self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "name": "2024-01-01",
                "rate": 1,
                "company_id": self.company.id,
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "TSX", "currency_id": currency.id}
        )
        self._new_policy(name="Large", amount=100)
        order = self._new_discounted(20, quantity=2, pricelist_id=pricelist.id)
        order.action_submit_for_approval()
        self._approve(order, self.ann)
        rate.rate = 0.1
        self.env.invalidate_all()
        metrics = order._get_approval_metrics({"amount"})[order.id]
        self.assertEqual(metrics["amount"], 1600)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
