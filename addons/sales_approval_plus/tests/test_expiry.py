from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.sales_order_plus.exceptions import GuardError

from ..exceptions import VoteError
from .common_deadline import DeadlineCommon

CRON = "sales_approval_plus.ir_cron_approval_expiry"


@tagged("post_install", "-at_install")
class TestExpiry(DeadlineCommon):
    """Approvals by the policy hold for three days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.valid_days = 3

    def _expire_at(self, moment, times=1):
        with freeze_time(moment):
            for _time in range(times):
                self.env.ref(CRON).method_direct_trigger()
        self.env.invalidate_all()

    def _approve_at(self, order, moment):
        with freeze_time(moment):
            self._approve(order, self.ann)
            self.env.flush_all()

    def _get_texts(self, order):
        return order.sudo().message_ids.mapped("body")

    def test_nobody_decides_in_time(self):
        order = self._submit_at("09:00")
        request = self._get_request(order)
        self.assertEqual(str(request.expires_at), "2026-06-04 09:00:00")
        self._expire_at("2026-06-04 08:59")
        self.assertEqual(request.state, "pending")
        self._expire_at("2026-06-04 09:00")
        self.assertRecordValues(
            request, [{"state": "expired", "note": "Nobody decided within 3 days"}]
        )
        self.assertFalse(request.expires_at)
        self.assertEqual(request.line_ids.state, "skipped")
        self.assertFalse(request.activity_ids)
        self.assertEqual(order.approval_state, "to_submit")
        self.assertIn("has expired: nobody decided within 3 days", order.guard_message)
        self.assertIn("Submit for Approval", order.guard_message)
        [activity] = order.sudo().activity_ids
        self.assertEqual(activity.user_id, self.salesman)
        self.assertEqual(activity.summary, "Expired: submit it again")

    def test_once_each(self):
        order = self._submit_at("09:00")
        self._expire_at("2026-06-04 09:00")
        messages = len(self._get_texts(order))
        self._expire_at("2026-06-04 09:05", times=3)
        self._expire_at("2026-07-01 09:00")
        self.assertEqual(len(self._get_texts(order)), messages)
        self.assertEqual(len(order.sudo().activity_ids), 1)
        self.assertEqual(
            self._get_codes(order, "approval."),
            ["approval.submitted", "approval.expired"],
        )

    def test_approval_that_nobody_uses(self):
        order = self._submit_at("09:00")
        self._approve_at(order, "2026-06-02 10:00")
        request = self._get_request(order)
        self.assertEqual(str(request.expires_at), "2026-06-05 10:00:00")
        self._expire_at("2026-06-05 10:00")
        self.assertEqual(request.state, "expired")
        self.assertEqual(request.note, "Not used within 3 days")
        with freeze_time("2026-06-05 11:00"), self.assertRaises(GuardError):
            order.action_confirm()

    def test_the_gate_does_not_wait_for_the_job(self):
        order = self._submit_at("09:00")
        self._approve_at(order, "2026-06-02 10:00")
        with freeze_time("2026-06-05 10:01"):
            self.env.invalidate_all()
            self.assertEqual(order.approval_state, "to_submit")
            with self.assertRaisesRegex(GuardError, "has expired"):
                order.action_confirm()
        with freeze_time("2026-06-05 09:59"):
            self.env.invalidate_all()
            order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_the_vote_does_not_wait_for_the_job(self):
        order = self._submit_at("09:00")
        request = self._get_request(order).with_user(self.ann).sudo(False)
        for moment, waits in (("2026-06-04 08:00", True), ("2026-06-04 10:00", False)):
            with freeze_time(moment):
                self.env.invalidate_all()
                self.assertEqual(request.can_vote, waits)
                found = request.search([("can_vote", "=", True)])
                self.assertEqual(request in found, waits)
        with freeze_time("2026-06-04 10:00"):
            with self.assertRaises(VoteError) as caught, self.env.cr.savepoint():
                request.action_approve()
        self.assertEqual(caught.exception.context["reason"], "expired")

    def test_used_approvals_never_expire(self):
        order = self._submit_at("09:00")
        self._approve_at(order, "2026-06-02 10:00")
        with freeze_time("2026-06-02 12:00"):
            order.action_confirm()
        request = self._get_request(order)
        self.assertEqual(str(request.used_on), "2026-06-02 12:00:00")
        self._expire_at("2026-07-01 09:00")
        self.assertEqual(request.state, "approved")
        self.assertEqual(order.approval_state, "approved")

    def test_submitted_again_without_the_old_votes(self):
        self.policy.step_ids = [
            Command.create(
                {"level": 2, "approver_type": "user", "user_id": self.bob.id}
            )
        ]
        order = self._submit_at("09:00")
        self._approve_at(order, "2026-06-02 10:00")
        self._expire_at("2026-06-04 09:00")
        self.assertEqual(self._get_request(order).state, "expired")
        with freeze_time("2026-06-04 10:00"):
            order.action_submit_for_approval()
        request = self._get_request(order)
        self.assertEqual((request.round_no, request.state), (2, "pending"))
        self.assertFalse(request.line_ids.reused_from_id)
        self.assertEqual(str(request.expires_at), "2026-06-07 10:00:00")

    def test_shortest_of_several_policies(self):
        self._new_policy(amount=10, valid_days=1, name="Quick")
        self._new_policy(amount=20, name="Without an end")
        request = self._get_request(self._submit_at("09:00"))
        self.assertEqual(request.valid_days, 1)

    def test_no_end_by_default(self):
        self.policy.valid_days = 0
        request = self._get_request(self._submit_at("09:00"))
        self.assertFalse(request.expires_at)
        self._expire_at("2036-06-04 09:00")
        self.assertEqual(request.state, "pending")

    def test_history_tells_it(self):
        order = self._submit_at("09:00")
        self._approve_at(order, "2026-06-02 10:00")
        self._expire_at("2026-06-05 10:00")
        api = self.env["sales.order.api"].with_user(self.salesman)
        history = api.get_approval_history(name=order.name)
        self.assertEqual(
            [(entry["code"], entry["text"]) for entry in history[-2:]],
            [("approve", ""), ("expired", "Not used within 3 days")],
        )
        self.env.flush_all()
        row = self.env["sales.approval.report"].search(
            [("sale_order_id", "=", order.id)]
        )
        # What people decided counts, whatever became of it.
        self.assertEqual(row.result, "approved")
