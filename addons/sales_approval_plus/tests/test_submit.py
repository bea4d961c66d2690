from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from ..exceptions import ApprovalError, NoApproverError
from .common import APPROVER, ApprovalCommon


@tagged("post_install", "-at_install")
class TestSubmit(ApprovalCommon):
    def test_request_is_frozen(self):
        order = self._new_submitted(discount=20, quantity=3)
        request = self._get_request(order)
        self.assertRecordValues(
            request,
            [
                {
                    "state": "pending",
                    "origin": "user",
                    "requester_id": self.salesman.id,
                    "policy_ids": self.policy.ids,
                    "amount": 240.0,
                    "discount": 20.0,
                    "reasons": [
                        "High discount: Discount from the sales prices 20.00% "
                        "(from 15.00%)"
                    ],
                }
            ],
        )
        self.assertRecordValues(
            request.line_ids,
            [{"state": "open", "name": "Management", "needed": 1, "level": 1}],
        )
        self.assertEqual(request.line_ids.approver_ids, self.ann)
        self.assertEqual(order.approval_state, "pending")
        self.assertEqual(order.lifecycle_stage, "pending")
        self.assertIn("Waiting for tsap_ann", order.guard_message)
        self.assertEqual(self._get_codes(order), ["approval.submitted"])

    def test_draft_that_needs_approval(self):
        """It stays Odoo's draft; the need stands beside it and can be searched."""
        order = self._new_discounted(20).with_user(self.salesman)
        [values] = order.read(["state", "approval_state"])
        self.assertEqual(
            (values["state"], values["approval_state"]), ("draft", "to_submit")
        )
        found = order.search([("approval_state", "=", "to_submit")])
        self.assertIn(order, found)
        order.order_line.discount = 0
        self.assertEqual(order.approval_state, "not_required")
        found = order.search([("approval_state", "=", "to_submit")])
        self.assertNotIn(order, found)

    def test_new_members_do_not_decide_on_old_requests(self):
        order = self._new_submitted()
        self.role.user_ids = self.bob
        with self.assertRaises(AccessError):
            self._approve(order, self.bob)
        self._approve(order, self.ann)
        self.assertEqual(order.approval_state, "approved")
        second = self._new_submitted()
        self.assertEqual(self._get_request(second).line_ids.approver_ids, self.bob)

    def test_renamed_policy_leaves_history(self):
        request = self._get_request(self._new_submitted())
        self.policy.name = "Renamed"
        self.role.name = "Renamed"
        self.assertIn("High discount", request.reason_text)
        self.assertEqual(request.line_ids.name, "Management")

    def test_used_policy_is_kept(self):
        self._new_submitted()
        with self.assertRaises(Exception), self.env.cr.savepoint():  # noqa: B017
            self.policy.unlink()
        self.policy.active = False

    def test_submitting_what_needs_none(self):
        with self.assertRaisesRegex(ApprovalError, "no policy asks"):
            self._new_discounted(0).action_submit_for_approval()

    def test_submitting_twice(self):
        order = self._new_submitted()
        with self.assertRaisesRegex(ApprovalError, "waits for approval already"):
            order.action_submit_for_approval()
        self._approve(order, self.ann)
        with self.assertRaisesRegex(ApprovalError, "it is approved: confirm it"):
            order.action_submit_for_approval()
        order.action_confirm()
        with self.assertRaisesRegex(ApprovalError, "no quotation"):
            order.action_submit_for_approval()
        self.assertEqual(len(order.approval_request_ids), 1)

    def test_several_at_once(self):
        orders = self._new_discounted(20) + self._new_discounted(30)
        orders.action_submit_for_approval()
        self.assertEqual(orders.mapped("approval_state"), ["pending", "pending"])

    def test_nobody_can_approve(self):
        self.role.user_ids = False
        with self.assertRaises(NoApproverError) as caught:
            self._new_submitted()
        message = str(caught.exception)
        for word in ("Management", "High discount", "level 1", "Approval Roles"):
            self.assertIn(word, message)

    def test_only_the_salesperson_could_approve(self):
        self.salesman.group_ids += self.env.ref(APPROVER)
        self.role.user_ids = self.salesman
        with self.assertRaisesRegex(NoApproverError, "other than.*tsop_sam"):
            self._new_submitted()

    def test_quorum_is_larger_than_the_role(self):
        self.policy.step_ids.write({"mode": "quorum", "quorum_count": 2})
        with self.assertRaisesRegex(NoApproverError, "needs 2 person"):
            self._new_submitted()

    def test_one_person_for_two_levels(self):
        self.policy.step_ids = [
            Command.create({"role_id": self.role.id, "level": 2}),
        ]
        with self.assertRaisesRegex(NoApproverError, "level 2"):
            self._new_submitted()

    def test_activity_asks_the_approver(self):
        request = self._get_request(self._new_submitted())
        self.assertRecordValues(
            request.activity_ids,
            [
                {
                    "user_id": self.ann.id,
                    "summary": request.display_name,
                    "activity_type_id": self.env.ref(
                        "sales_approval_plus.mail_activity_type_approval"
                    ).id,
                }
            ],
        )
