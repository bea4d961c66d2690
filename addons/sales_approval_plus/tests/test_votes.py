from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sales_order_plus.exceptions import AppendOnlyError, GuardError

from ..exceptions import ApprovalError, VoteError
from .common import APPROVER, ApprovalCommon


@tagged("post_install", "-at_install")
class TestVote(ApprovalCommon):
    def test_approve(self):
        order = self._new_submitted()
        self._approve(order, self.ann, "Fine with me")
        request = self._get_request(order)
        self.assertRecordValues(
            request.vote_ids,
            [
                {
                    "user_id": self.ann.id,
                    "decision": "approve",
                    "reason": "Fine with me",
                    "line_id": request.line_ids.id,
                }
            ],
        )
        self.assertEqual(request.state, "approved")
        self.assertEqual(request.line_ids.state, "done")
        self.assertEqual(order.approval_state, "approved")
        self.assertEqual(order.lifecycle_stage, "draft")
        self.assertEqual(order.state, "draft")
        self.assertEqual(
            self._get_codes(order),
            ["approval.submitted", "vote.cast", "approval.approved"],
        )
        self.assertFalse(request.activity_ids)

    def test_salesperson_is_told_and_confirms(self):
        order = self._new_approved()
        activity = order.sudo().activity_ids
        self.assertEqual(activity.user_id, self.salesman)
        self.assertEqual(activity.summary, "Approved: confirm the order")
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.sudo().activity_ids)

    def test_reject(self):
        order = self._new_submitted()
        self._reject(order, self.ann, "Half of that")
        request = self._get_request(order)
        self.assertEqual(request.state, "rejected")
        self.assertEqual(order.approval_state, "rejected")
        self.assertEqual(order.guard_state, "blocked")
        with self.assertRaisesRegex(GuardError, "Rejected by tsap_ann.*Half of that"):
            order.action_confirm()
        with self.assertRaisesRegex(ApprovalError, "rejected as it is"):
            order.action_submit_for_approval()
        self.assertEqual(
            order.sudo().activity_ids.summary, "Rejected: change the order"
        )

    def test_rejected_order_is_changed_and_submitted_again(self):
        order = self._new_submitted(discount=40)
        self._reject(order, self.ann)
        order.order_line.discount = 30
        self.assertEqual(order.approval_state, "to_submit")
        order.action_submit_for_approval()
        self._approve(order, self.ann)
        order.action_confirm()
        self.assertEqual(
            order.approval_request_ids.sorted("id").mapped("state"),
            ["rejected", "approved"],
        )

    def test_reject_needs_a_reason(self):
        order = self._new_submitted()
        request = self._get_request(order)
        for record in (order.with_user(self.ann), request.with_user(self.ann)):
            for decide in (record.action_reject, record.action_request_change):
                for nothing in ((), (None,), ("   ",)):
                    with self.assertRaisesRegex(VoteError, "needs a reason") as caught:
                        decide(*nothing)
                    self.assertEqual(caught.exception.context["reason"], "no_reason")
        self.assertEqual(order.approval_state, "pending")

    def test_reject_dialog(self):
        order = self._new_submitted()
        action = order.with_user(self.ann).action_open_rejection()
        dialog = (
            self.env["sales.approval.decision"]
            .with_user(self.ann)
            .with_context(**action["context"])
            .create({"reason": "Too cheap"})
        )
        dialog.action_decide()
        self.assertEqual(self._get_request(order).note, "Too cheap")

    # --- who may not --- #

    def _assert_refused(self, order, user, reason):
        before = len(self._get_codes(order, "vote.refused"))
        # No assertRaises: its savepoint would take the event of the second cursor
        # along, which shares the connection in a test.
        refusal = None
        try:
            self._approve(order, user)
        except VoteError as error:
            refusal = error
        self.assertTrue(refusal, "VoteError not raised")
        self.assertEqual(refusal.context["reason"], reason)
        self.assertEqual(order.sudo().approval_state, "pending")
        self.assertEqual(len(self._get_codes(order, "vote.refused")), before + 1)
        self.assertFalse(self._get_request(order).vote_ids)

    def _let_all_vote(self, *users):
        """Make ``users`` frozen approvers, as a role would that they join too late."""
        for user in users:
            user.group_ids += self.env.ref(APPROVER)
        self.role.user_ids = [Command.link(user.id) for user in users]

    def test_requester_and_salesperson(self):
        order = self._new_discounted()
        order.sudo().user_id = self.colleague
        self._let_all_vote(self.colleague, self.manager)
        order.with_user(self.manager).action_submit_for_approval()
        line = self._get_request(order).line_ids
        self.assertEqual(line.approver_ids, self.ann)
        line.sudo().approver_ids |= self.colleague | self.manager | self.salesman
        self._assert_refused(order, self.manager, "own")
        self._assert_refused(order, self.colleague, "own")

    def test_creator(self):
        self._let_all_vote(self.colleague)
        order = self._new_discounted(user=self.colleague)
        order.user_id = self.salesman
        order.order_line.with_user(self.salesman).discount = 21
        order.with_user(self.salesman).action_submit_for_approval()
        self._get_request(order).line_ids.approver_ids |= self.colleague
        self._assert_refused(order, self.colleague, "own")

    def test_last_editor_of_a_line(self):
        """Also after the request was made: who touched it does not decide on it."""
        self._let_all_vote(self.colleague)
        order = self._new_submitted()
        self.assertIn(self.colleague, self._get_request(order).line_ids.approver_ids)
        lines = order.order_line.with_user(self.colleague)
        lines.discount = 19
        # In his session, so that he is the one who wrote it.
        lines.env.flush_all()
        self._assert_refused(order, self.colleague, "own")
        self._approve(order, self.ann)
        self.assertEqual(order.approval_state, "approved")

    def test_salesperson_assigned_later(self):
        self._let_all_vote(self.colleague)
        order = self._new_submitted()
        order.sudo().user_id = self.colleague
        self._assert_refused(order, self.colleague, "own")

    def test_administrator_on_his_own_order(self):
        admin = self.env.ref("base.user_admin")
        self.role.user_ids = [Command.link(admin.id)]
        order = self._new_discounted(user=admin)
        order.action_submit_for_approval()
        self._get_request(order).line_ids.approver_ids |= admin
        self._assert_refused(order, admin, "own")
        with self.assertRaises(VoteError):
            order.with_user(admin).sudo().action_approve()

    def test_superuser(self):
        order = self._new_submitted()
        self._assert_refused(
            order, self.env["res.users"].browse(SUPERUSER_ID), "not_asked"
        )
        with self.assertRaises(VoteError):
            order.with_user(self.salesman).sudo().action_approve()

    def test_not_asked(self):
        order = self._new_submitted()
        self._assert_refused(order, self.manager, "not_asked")
        self._assert_refused(order, self.colleague, "not_asked")

    def test_approver_without_the_group(self):
        order = self._new_submitted()
        self._let_all_vote(self.colleague)
        self._get_request(order).line_ids.approver_ids |= self.colleague
        self.colleague.group_ids -= self.env.ref(APPROVER)
        self._assert_refused(order, self.colleague, "not_asked")

    def test_too_late(self):
        self.role.user_ids = self.ann + self.bob
        order = self._new_approved()
        with self.assertRaisesRegex(UserError, "no open request"):
            self._approve(order, self.manager)
        with self.assertRaises(VoteError) as caught:
            self._get_request(order).with_user(self.ann).sudo(False).action_approve()
        self.assertEqual(caught.exception.context["reason"], "closed")

    def test_stale(self):
        """The order got worse after it was submitted: no vote for it."""
        order = self._new_submitted(discount=20)
        order.order_line.discount = 60
        self.assertEqual(order.approval_state, "to_submit")
        self.assertIn("worse than what was submitted", order.guard_message)
        with self.assertRaises(VoteError) as caught:
            self._approve(order, self.ann)
        self.assertEqual(caught.exception.context["reason"], "stale")
        order.with_user(self.salesman).action_submit_for_approval()
        self.assertEqual(
            order.approval_request_ids.sorted("id").mapped("state"),
            ["superseded", "pending"],
        )

    # --- steps --- #

    def test_two_policies_one_question(self):
        """Steps of the same people are asked once."""
        self._new_policy(name="Large", amount=50)
        order = self._new_submitted()
        line = self._get_request(order).line_ids
        self.assertEqual(line.policy_names, "High discount, Large")
        self._approve(order, self.ann)
        self.assertEqual(order.approval_state, "approved")

    def test_one_vote_counts_for_all_open_steps_of_a_person(self):
        other = self._new_role("Finance", self.ann + self.bob)
        self.policy.step_ids = [Command.create({"role_id": other.id})]
        order = self._new_submitted()
        self._approve(order, self.ann)
        request = self._get_request(order)
        self.assertEqual(len(request.vote_ids), 2)
        self.assertEqual(request.state, "approved")

    def test_all(self):
        self.role.user_ids = self.ann + self.bob
        self.policy.step_ids.mode = "all"
        order = self._new_submitted()
        self._approve(order, self.ann)
        request = self._get_request(order)
        self.assertEqual(order.approval_state, "pending")
        self.assertEqual(request.line_ids.progress, "1/2")
        self.assertEqual(request.open_approver_ids, self.bob)
        self.assertEqual(request.activity_ids.user_id, self.bob)
        self._approve(order, self.bob)
        self.assertEqual(order.approval_state, "approved")

    def test_quorum(self):
        self.role.user_ids = self.ann + self.bob + self.cid
        self.policy.step_ids.write({"mode": "quorum", "quorum_count": 2})
        order = self._new_submitted()
        self._approve(order, self.cid)
        self.assertEqual(order.approval_state, "pending")
        with self.assertRaises(VoteError) as caught:
            self._approve(order, self.cid)
        self.assertEqual(caught.exception.context["reason"], "voted")
        self._approve(order, self.ann)
        self.assertEqual(order.approval_state, "approved")
        self.assertFalse(self._get_request(order).activity_ids)

    def test_one_rejection_ends_it(self):
        self.role.user_ids = self.ann + self.bob
        self.policy.step_ids.mode = "all"
        order = self._new_submitted()
        self._approve(order, self.ann)
        self._reject(order, self.bob)
        request = self._get_request(order)
        self.assertEqual(request.state, "rejected")
        self.assertEqual(request.line_ids.state, "skipped")
        self.assertFalse(request.activity_ids)

    def test_levels(self):
        """Level 1: Ann and two of three; level 2 opens after both, and not before."""
        finance = self._new_role("Finance", self.bob + self.cid + self.manager)
        chief = self._new_role("Chief", self._new_user("tsap_eve", APPROVER))
        eve = chief.user_ids
        self.policy.step_ids = [
            Command.create(
                {"role_id": finance.id, "mode": "quorum", "quorum_count": 2}
            ),
            Command.create({"role_id": chief.id, "level": 2}),
        ]
        order = self._new_submitted()
        request = self._get_request(order)
        self.assertEqual(request.line_ids.mapped("state"), ["open", "open", "waiting"])
        with self.assertRaises(AccessError):
            self._approve(order, eve)
        self._approve(order, self.bob)
        self._approve(order, self.ann)
        self.assertEqual(request.line_ids.mapped("state"), ["done", "open", "waiting"])
        self._approve(order, self.cid)
        self.assertEqual(request.line_ids.mapped("state"), ["done", "done", "open"])
        self.assertEqual(request.activity_ids.user_id, eve)
        self.assertEqual(request.state, "pending")
        self._approve(order, eve)
        self.assertEqual(request.state, "approved")

    def test_nobody_left_on_a_later_level(self):
        """A votes on level 1 and cannot on level 2, where all of A and B must."""
        pair = self._new_role("Pair", self.ann + self.bob)
        self.policy.step_ids = [
            Command.clear(),
            Command.create({"role_id": pair.id}),
            Command.create({"role_id": pair.id, "level": 2, "mode": "all"}),
        ]
        order = self._new_submitted()
        self._approve(order, self.ann)
        second = self._get_request(order).line_ids[1]
        self.assertEqual((second.state, second.needed), ("open", 1))
        with self.assertRaises(VoteError):
            self._approve(order, self.ann)
        self._approve(order, self.bob)
        self.assertEqual(order.approval_state, "approved")

    # --- votes and requests cannot be forged --- #

    def test_votes_are_append_only(self):
        vote = self._get_request(self._new_approved()).vote_ids
        with self.assertRaises(AppendOnlyError):
            vote.sudo().write({"decision": "reject"})
        with self.assertRaises(AppendOnlyError):
            vote.sudo().unlink()

    def test_vote_for_somebody_else_by_code(self):
        """Not even code that runs as superuser votes for Ann."""
        line = self._get_request(self._new_submitted()).line_ids
        vals = {"line_id": line.id, "user_id": self.ann.id, "decision": "approve"}
        for user in (self.env.user, self.manager):
            votes = self.env["sales.approval.vote"].with_user(user).sudo()
            with self.assertRaises(VoteError):
                votes.create(vals)
        mine = self.env["sales.approval.vote"].with_user(self.ann).sudo()
        with self.assertRaises(VoteError):
            mine.create({**vals, "user_id": self.bob.id})
        with self.assertRaises(VoteError):
            mine.create({**vals, "date": "2020-01-01"})
        self.assertFalse(line.vote_ids)

    def test_done_activity_is_no_vote(self):
        order = self._new_submitted()
        request = self._get_request(order)
        request.activity_ids.with_user(self.ann).action_feedback("Done")
        self.assertEqual(request.state, "pending")
        self.assertTrue(request.with_user(self.ann).can_vote)
        self._approve(order, self.ann)
        self.assertEqual(request.state, "approved")

    # --- withdraw --- #

    def test_withdraw(self):
        order = self._new_submitted()
        order.action_withdraw()
        request = self._get_request(order)
        self.assertEqual(request.state, "withdrawn")
        self.assertFalse(request.activity_ids)
        self.assertEqual(order.approval_state, "to_submit")
        self.assertEqual(self._get_codes(order)[-1], "approval.withdrawn")
        with self.assertRaises(ApprovalError):
            order.action_withdraw()
        order.action_submit_for_approval()
        self.assertEqual(order.approval_state, "pending")

    def test_withdraw_by_others(self):
        order = self._new_submitted()
        for user in (self.ann, self.colleague):
            with self.assertRaisesRegex(ApprovalError, "only who submitted it"):
                order.with_user(user).action_withdraw()
        self.assertTrue(order.with_user(self.manager).can_withdraw_approval)
        order.with_user(self.manager).action_withdraw()

    # --- many --- #

    def test_approve_many(self):
        orders = self._new_discounted(20) + self._new_discounted(30)
        orders.action_submit_for_approval()
        own = self._new_discounted(20)
        own.action_submit_for_approval()
        own.sudo().user_id = self.ann
        requests = (orders + own).sudo().approval_request_ids.with_user(self.ann)
        self.env.invalidate_all()
        action = requests.sudo(False).action_approve("Month end")
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn("2 of 3 approved", action["params"]["message"])
        self.assertIn(own.sudo().name, action["params"]["message"])
        self.assertEqual(orders.mapped("approval_state"), ["approved"] * 2)
        self.assertEqual(own.sudo().approval_state, "pending")

    def test_reject_many_is_all_or_nothing(self):
        orders = self._new_discounted(20) + self._new_discounted(30)
        orders.action_submit_for_approval()
        requests = orders.sudo().approval_request_ids.with_user(self.ann).sudo(False)
        requests.action_reject("Budget is used up")
        self.assertEqual(orders.mapped("approval_state"), ["rejected"] * 2)
