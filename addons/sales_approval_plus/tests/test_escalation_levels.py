from psycopg2.errors import CheckViolation

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_deadline import DeadlineCommon


@tagged("post_install", "-at_install")
class TestEscalationLevels(DeadlineCommon):
    """After 4 hours Bob is asked too, after 2 more Cid instead, then it is rejected."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.step.write(
            {
                "timeout_value": 4,
                "on_timeout": "add_approver",
                "escalation_role_id": cls.chief.id,
                "escalation_ids": [
                    Command.create(
                        {
                            "sequence": 1,
                            "after_value": 2,
                            "on_timeout": "reassign",
                            "user_id": cls.cid.id,
                        }
                    ),
                    Command.create(
                        {"sequence": 2, "after_value": 8, "on_timeout": "reject"}
                    ),
                ],
            }
        )

    def _get_actions(self, order):
        events = self.env["sales.audit.event"].search(
            [
                ("code", "=", "approval.escalated"),
                ("model", "=", "sale.order"),
                ("res_id", "=", order.id),
            ],
            order="id",
        )
        return [event.data["action"] for event in events]

    def test_level_by_level(self):
        order = self._submit_at("09:00")
        line = self._get_line(order)
        self._run_at("13:00")
        self.assertEqual(line.approver_ids, self.ann + self.bob)
        self.assertEqual(str(line.next_action_at), "2026-06-01 15:00:00")
        self._run_at("14:59")
        self.assertEqual(line.escalation_count, 1)
        self._run_at("15:00")
        self.assertEqual(line.approver_ids, self.cid)
        self.assertEqual(self._get_request(order).activity_ids.user_id, self.cid)
        self.assertEqual(str(line.next_action_at), "2026-06-01 23:00:00")
        self._run_at("23:00")
        self.assertEqual(order.approval_state, "rejected")
        self.assertIn(
            "not decided within 4 hours + 2 hours + 8 hours",
            self._get_request(order).note,
        )
        self.assertEqual(
            self._get_actions(order), ["add_approver", "reassign", "reject"]
        )

    def test_each_level_once(self):
        order = self._submit_at("09:00")
        self._run_at("13:00", times=3)
        self._run_at("13:15")
        self.assertEqual(self._get_actions(order), ["add_approver"])
        self._run_at("15:30", times=3)
        self.assertEqual(self._get_actions(order), ["add_approver", "reassign"])

    def test_server_was_away(self):
        """Levels follow each other: nobody is passed over."""
        order = self._submit_at("09:00")
        self._run_at("20:00")
        line = self._get_line(order)
        self.assertEqual(line.approver_ids, self.ann + self.bob)
        self.assertEqual(str(line.next_action_at), "2026-06-01 22:00:00")

    def test_decided_between_two_levels(self):
        order = self._submit_at("09:00")
        self._run_at("13:00")
        self._approve(order, self.bob)
        self._run_at("15:00")
        self.assertEqual(self._get_actions(order), ["add_approver"])
        self.assertFalse(self._get_line(order).next_action_at)

    def test_working_hours(self):
        self.step.write({"in_working_hours": True, "calendar_id": self.calendar.id})
        order = self._submit_at("09:00")
        self._run_at("14:00")
        line = self._get_line(order)
        self.assertEqual(line.escalation_count, 1)
        # From 14:00, two hours of work.
        self.assertEqual(str(line.next_action_at), "2026-06-01 16:00:00")

    def test_frozen_when_submitted(self):
        order = self._submit_at("09:00")
        self.step.escalation_ids.unlink()
        self._run_at("13:00")
        self._run_at("15:00")
        self.assertEqual(self._get_actions(order), ["add_approver", "reassign"])
        later = self._submit_at("09:00")
        self._run_at("2026-06-02 13:00")
        self._run_at("2026-06-02 23:00")
        self.assertEqual(self._get_actions(later), ["add_approver"])

    @mute_logger("odoo.sql_db")
    def test_configuration(self):
        level = {"step_id": self.step.id, "after_value": 1, "on_timeout": "reassign"}
        for vals in (level, {**level, "after_value": 0, "user_id": self.cid.id}):
            with self.assertRaises(CheckViolation), self.env.cr.savepoint():
                self.env["sales.approval.escalation"].create(vals)
        with self.assertRaisesRegex(ValidationError, "may not approve"):
            self.env["sales.approval.escalation"].create(
                {**level, "user_id": self.salesman.id}
            )
        with self.assertRaisesRegex(ValidationError, "a deadline first"):
            self.step.timeout_value = 0

    def test_changes_are_told(self):
        self.step.escalation_ids[0].after_value = 3
        [event] = self.env["sales.audit.event"].search(
            [
                ("code", "=", "step.escalation.changed"),
                ("model", "=", "sales.approval.policy"),
                ("res_id", "=", self.policy.id),
            ]
        )
        self.assertTrue(event.data)

    def test_copied_with_its_policy(self):
        copy = self.policy.copy()
        self.assertEqual(
            copy.step_ids.escalation_ids.mapped("on_timeout"), ["reassign", "reject"]
        )
