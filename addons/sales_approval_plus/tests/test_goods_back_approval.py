from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.sales_order_plus.exceptions import GuardError, SalesError
from odoo.addons.sales_order_plus.tests.cancellation.common import CancellationCommon
from odoo.addons.sales_order_plus.tests.returns.common import ReturnCommon

from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestCancellationApproval(CancellationCommon, ApprovalCommon):
    """Cancelling what is worth much waits for finance; the order stands meanwhile."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.active = False
        cls.large = cls._new_policy(
            {"role_id": cls._new_role("Finance", cls.bob).id},
            name="Large cancellation",
            apply_on="cancel",
            cancel_amount=500,
        )

    def _request_of(self, document):
        return document.sudo().approval_request_ids.sorted("id")[-1:]

    def test_large_one_waits_and_the_last_vote_cancels(self):
        order = self._confirmed((self.product, 10))
        one = self._cancelled(order)
        self.assertEqual((one.state, order.state), ("submitted", "sale"))
        request = self._request_of(one)
        self.assertEqual((request.state, request.operation), ("pending", "cancel"))
        self.assertEqual(request.line_ids.approver_ids, self.bob)
        with self.assertRaises(GuardError) as caught, self.cr.savepoint():
            one.action_apply()
        self.assertIn("Large cancellation", str(caught.exception))
        self._flush()
        self.assertIn(one.summary, request.with_user(self.bob).subject_html)
        request.with_user(self.bob).action_approve()
        self._flush()
        self.assertEqual((one.state, order.state), ("applied", "cancel"))
        self.assertEqual(request.state, "approved")

    def test_nobody_gets_around_it(self):
        """Neither the button of the order, nor its state, nor an administrator."""
        self._control_cancel(sales_cancel_reason_id=self.reason.id)
        order = self._confirmed((self.product, 10))
        for user in (self.salesman, self.manager, self.env.user):
            mine = order.with_user(user)
            with self.assertRaises(UserError), self.cr.savepoint():
                mine.action_cancel()
            with self.assertRaises(UserError), self.cr.savepoint():
                mine.sudo().write({"state": "cancel"})
        self._flush()
        self.assertEqual(order.state, "sale")

    def test_the_order_itself_is_closed_too(self):
        """No switch of the company is on: the policy alone closes all other ways."""
        self.assertFalse(self.company.sales_cancel_control)
        order = self._confirmed((self.product, 10)).with_user(self.salesman)
        line = order.order_line
        for write in (
            order.action_cancel,
            order._action_cancel,
            lambda: order.write({"state": "cancel"}),
            lambda: order.sudo().write({"state": "cancel"}),
            lambda: order.write({"state": "draft"}),
            lambda: line.write({"product_uom_qty": 0}),
            lambda: line.write({"product_id": self.other.id}),
            line.unlink,
        ):
            with self.assertRaises(SalesError) as refusal, self.cr.savepoint():
                write()
            self.assertIn("on the order", str(refusal.exception))
            self._flush()
        self.assertEqual((order.state, line.product_uom_qty), ("sale", 10))
        self.company.sales_cancel_reason_id = self.reason
        with self.assertRaises(GuardError), self.cr.savepoint():
            order.action_cancel()

    def test_less_by_a_change_is_a_cancellation_too(self):
        order = self._confirmed((self.product, 10))
        for change in (
            self._new_change(order, self._quantity(order, 3)),
            self._new_change(order, "remove"),
        ):
            change.action_submit()
            self._flush()
            request = self._request_of(change)
            self.assertEqual(request.line_ids.approver_ids, self.bob)
            with self.assertRaises(GuardError), self.cr.savepoint():
                change.action_apply()
            change.action_withdraw()
            self._flush()
        self._applied(order, self._quantity(order, 6))
        self._applied(order, self._kind(order, "price", discount=50))
        change = self._submitted(order, self._quantity(order, 1))
        self.assertFalse(self._request_of(change))

    def test_small_one_needs_nobody(self):
        order = self._confirmed((self.product, 4))
        one = self._cancelled(order)
        self.assertEqual((one.state, order.state), ("applied", "cancel"))
        self.assertFalse(one.approval_request_ids)

    def test_rejected(self):
        order = self._confirmed((self.product, 10))
        one = self._cancelled(order)
        self._request_of(one).with_user(self.bob).action_reject("It is made already")
        self._flush()
        self.assertEqual((one.state, order.state), ("refused", "sale"))
        self.assertIn("It is made already", one.decision_note)

    def test_nobody_approves_his_own(self):
        order = self._confirmed((self.product, 10))
        one = self._cancelled(order)
        # VoteError, or AccessError: neither may vote.
        for user in (self.salesman, self.manager):
            with self.assertRaises(UserError), self.cr.savepoint():
                self._request_of(one).with_user(user).action_approve()
        self.assertEqual(order.state, "sale")


@tagged("post_install", "-at_install")
class TestReturnApproval(ReturnCommon, ApprovalCommon):
    """Returns of much wait for the people their policy names."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.active = False
        cls.large = cls._new_policy(
            {"role_id": cls._new_role("Returns", cls.bob).id},
            name="Large return",
            apply_on="return",
            return_amount=500,
        )

    def test_large_one_waits_and_the_last_vote_authorises(self):
        order = self._delivered(10, 10)
        one = self._request(order, 6)
        request = one.sudo().approval_request_ids
        self.assertEqual((request.state, request.operation), ("pending", "return"))
        with self.assertRaises(GuardError) as caught, self.cr.savepoint():
            one.action_authorise()
        self.assertIn("Large return", str(caught.exception))
        self.assertEqual((one.state, len(one.sudo().picking_ids)), ("requested", 0))
        self._flush()
        request.with_user(self.bob).action_approve()
        self._flush()
        self.assertEqual(one.state, "authorised")
        self.assertEqual(one.sudo().picking_ids.move_ids.product_uom_qty, 6)

    def test_small_one_needs_nobody(self):
        order = self._delivered(10, 10)
        one = self._authorised(order, 2)
        self.assertEqual(one.state, "authorised")
        self.assertFalse(one.sudo().approval_request_ids)

    def test_what_only_confirming_forbids_is_no_obstacle(self):
        order = self._delivered(10, 10)
        one = self._request(order, 6)
        self.env["sales.validation.rule"].create(
            {
                "name": "No such customer",
                "code": "no_such_customer",
                "kind": "domain",
                "severity": "block",
                "on_confirm": True,
                "domain": f"[('partner_id', '=', {self.customer.id})]",
                "message": "Nothing is sold to him",
            }
        )
        self._flush()
        one.sudo().approval_request_ids.with_user(self.bob).action_approve()
        self._flush()
        self.assertEqual(one.state, "authorised")

    def test_rejected(self):
        order = self._delivered(10, 10)
        one = self._request(order, 6)
        request = one.sudo().approval_request_ids.with_user(self.bob)
        request.action_reject("Used for a year")
        self._flush()
        self.assertEqual(one.state, "refused")
