from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common_deadline import DeadlineCommon

LOGGER = "odoo.addons.sales_approval_plus.models.sales_due_mixin"


@tagged("post_install", "-at_install")
class TestEscalation(DeadlineCommon):
    """What happens when the time is over: once, and never in favour of the own order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.step.write(
            {
                "timeout_value": 4,
                "on_timeout": "add_approver",
                "escalation_role_id": cls.chief.id,
            }
        )

    def _get_events(self, order):
        return self.env["sales.audit.event"].search(
            [
                ("code", "=", "approval.escalated"),
                ("model", "=", "sale.order"),
                ("res_id", "=", order.id),
            ]
        )

    def test_manager_is_asked_as_well(self):
        order = self._submit_at("09:00")
        line = self._get_line(order)
        self._run_at("12:59")
        self.assertEqual(line.approver_ids, self.ann)
        self._run_at("13:00")
        self.assertEqual(line.approver_ids, self.ann + self.bob)
        self.assertRecordValues(
            line,
            [{"escalation_count": 1, "next_action_at": False, "state": "open"}],
        )
        event = self._get_events(order)
        self.assertEqual(event.data["people"], self.bob.name)
        self.assertEqual(event.data["action"], "add_approver")
        self.assertIn("not decided within 4 hours", event.data["why"])
        self.assertEqual(len(self._get_messages(self.bob, "decision is needed")), 1)
        request = self._get_request(order)
        self.assertEqual(request.activity_ids.user_id, self.ann + self.bob)
        self._approve(order, self.bob)
        self.assertEqual(order.approval_state, "approved")

    def test_running_again_changes_nothing(self):
        order = self._submit_at("09:00")
        self._run_at("13:15")
        before = self.env["mail.message"].search_count([])
        write_date = self._get_line(order).write_date
        self._run_at("13:30", times=3)
        self._run_at("2026-06-09 13:30")
        self.assertEqual(len(self._get_events(order)), 1)
        self.assertEqual(self.env["mail.message"].search_count([]), before)
        self.assertEqual(self._get_line(order).write_date, write_date)

    def test_others_decide_instead(self):
        self.step.on_timeout = "reassign"
        order = self._submit_at("09:00")
        line = self._get_line(order)
        self._run_at("13:00")
        self.assertEqual(line.approver_ids, self.bob)
        self.assertEqual(self._get_request(order).activity_ids.user_id, self.bob)
        self.assertEqual(self._get_events(order).data["action"], "reassign")
        self.assertFalse(order.with_user(self.ann).sudo(False).search([]) & order)
        # A clock of their own, but no second escalation.
        self.assertEqual(str(line.due_at), "2026-06-01 17:00:00")
        self._run_at("18:00")
        self.assertEqual(len(self._get_events(order)), 1)
        self._approve(order, self.bob)
        self.assertEqual(order.approval_state, "approved")

    def test_others_keep_the_votes_that_were_cast(self):
        self.role.user_ids = self.ann + self.cid
        self.step.write({"on_timeout": "reassign", "mode": "all"})
        order = self._submit_at("09:00")
        self._approve(order, self.cid)
        self._run_at("13:00")
        line = self._get_line(order)
        self.assertEqual(line.approver_ids, self.bob + self.cid)
        self.assertEqual(line.needed, 2)
        self._approve(order, self.bob)
        self.assertEqual(order.approval_state, "approved")

    def test_too_few_others_are_added(self):
        self.role.user_ids = self.ann + self.cid
        self.step.write({"on_timeout": "reassign", "mode": "quorum"})
        order = self._submit_at("09:00")
        self._run_at("13:00")
        line = self._get_line(order)
        self.assertEqual(line.approver_ids, self.ann + self.bob + self.cid)
        self.assertEqual(line.needed, 2)
        self.assertEqual(self._get_events(order).data["action"], "add_approver")

    def test_rejected(self):
        self.step.on_timeout = "reject"
        order = self._submit_at("09:00")
        self._run_at("13:00")
        self._run_at("13:15")
        self.assertEqual(order.approval_state, "rejected")
        request = self._get_request(order)
        self.assertIn("not decided within 4 hours", request.note)
        self.assertFalse(request.vote_ids)
        self.assertEqual(self._get_line(order).state, "skipped")
        self.assertIn("not decided within 4 hours", order.guard_message)
        self.assertNotIn("Rejected by", order.guard_message)
        [activity] = order.sudo().activity_ids
        self.assertEqual(activity.user_id, self.salesman)
        codes = self._get_codes(order, "approval.")
        expected = ["approval.submitted", "approval.escalated", "approval.rejected"]
        self.assertEqual(codes, expected)

    def test_people_are_told(self):
        self.step.on_timeout = "notify"
        order = self._submit_at("09:00")
        self._run_at("13:00", times=2)
        self.assertEqual(len(self._get_messages(self.bob, "is late")), 1)
        self.assertFalse(self._get_messages(self.ann, "is late"))
        self.assertEqual(self._get_line(order).approver_ids, self.ann)

    def test_without_a_name_those_concerned_are_told(self):
        self.step.write({"on_timeout": "notify", "escalation_role_id": False})
        self._submit_at("09:00")
        self._run_at("13:00")
        for user in (self.ann, self.salesman):
            self.assertEqual(len(self._get_messages(user, "is late")), 1)

    # --- who is eligible --- #

    def test_nobody_on_his_own_order(self):
        """Neither salesperson nor requester, whatever group they have."""
        self.salesman.group_ids += self.env.ref("sales_approval_plus.group_approver")
        self.chief.user_ids = self.salesman
        order = self._submit_at("09:00")
        self._run_at("13:00")
        self.assertEqual(self._get_line(order).approver_ids, self.ann)
        self.assertEqual(self._get_events(order).data["action"], "none_eligible")
        activities = order.sudo().activity_ids
        self.assertEqual(activities.mapped("summary"), ["Approval is late"])
        self._run_at("13:15")
        self.assertEqual(len(order.sudo().activity_ids), 1)

    def test_nobody_without_the_group(self):
        self.bob.group_ids -= self.env.ref("sales_approval_plus.group_approver")
        order = self._submit_at("09:00")
        self._run_at("13:00")
        self.assertEqual(self._get_events(order).data["action"], "none_eligible")

    def test_nobody_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.bob.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        order = self._submit_at("09:00")
        self._run_at("13:00")
        self.assertEqual(self._get_line(order).approver_ids, self.ann)

    def test_nobody_who_voted_before(self):
        self.chief.user_ids = self.bob + self.cid
        first = {"role_id": self.chief.id, "level": 1}
        self.step.level = 2
        self.policy.step_ids = [Command.create(first)]
        order = self._submit_at("09:00")
        with freeze_time("2026-06-01 10:00"):
            self._approve(order, self.bob)
        line = self._get_line(order)[1]
        self._run_at("2026-06-02 13:00")
        self.assertEqual(line.approver_ids, self.ann + self.cid)

    def test_nobody_who_is_needed_later(self):
        self.chief.user_ids = self.bob + self.cid
        later = self._new_role("Council", self.bob)
        self.policy.step_ids = [Command.create({"role_id": later.id, "level": 2})]
        order = self._submit_at("09:00")
        self._run_at("13:00")
        self.assertEqual(self._get_line(order)[0].approver_ids, self.ann + self.cid)

    # --- killed on the way --- #

    @mute_logger(LOGGER)
    def test_failure_in_the_middle_leaves_nothing_behind(self):
        """What was written before the failure is undone; the others are done."""
        orders = [self._submit_at("09:00") for _number in range(3)]
        broken = self._get_request(orders[1])
        request_class = self.env.registry["sales.approval.request"]
        send = request_class._send_one

        def fail(request, user, template):
            if request.id == broken.id:
                raise ValueError("the mail server is on fire")
            return send(request, user, template)

        with patch.object(request_class, "_send_one", fail):
            self._run_at("13:00")
        counts = [self._get_line(order).escalation_count for order in orders]
        self.assertEqual(counts, [1, 0, 1])
        self.assertFalse(self._get_events(orders[1]))
        self.assertEqual(self._get_line(orders[1]).approver_ids, self.ann)
        self._run_at("13:15", times=2)
        for order in orders:
            self.assertEqual(len(self._get_events(order)), 1)
            self.assertEqual(self._get_line(order).approver_ids, self.ann + self.bob)
        self.assertEqual(len(self._get_messages(self.bob, "decision is needed")), 3)
