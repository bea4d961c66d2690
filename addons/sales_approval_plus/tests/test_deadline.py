from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common_deadline import DeadlineCommon


@tagged("post_install", "-at_install")
class TestDeadline(DeadlineCommon):
    """Until when a step should be decided, and what a request keeps of it."""

    def _get_due(self, moment, **values):
        self.step.write(values)
        return str(self._get_line(self._submit_at(moment)).due_at)

    def test_nothing_is_set(self):
        line = self._get_line(self._submit_at("09:00"))
        self.assertRecordValues(
            line, [{"due_at": False, "remind_at": False, "next_action_at": False}]
        )
        self.assertFalse(line.schedule)

    def test_around_the_clock(self):
        due = self._get_due("16:00", timeout_value=4)
        self.assertEqual(due, "2026-06-01 20:00:00")
        due = self._get_due("16:00", timeout_value=2, timeout_unit="days")
        self.assertEqual(due, "2026-06-03 16:00:00")

    def test_in_working_hours(self):
        """Without the lunch break, the night and the weekend."""
        own = {"in_working_hours": True, "calendar_id": self.calendar.id}
        due = self._get_due("11:00", timeout_value=2, **own)
        self.assertEqual(due, "2026-06-01 14:00:00")
        due = self._get_due("16:00", timeout_value=4, **own)
        self.assertEqual(due, "2026-06-02 11:00:00")
        due = self._get_due("08:00", timeout_value=6, timeout_unit="days", **own)
        self.assertEqual(due, "2026-06-08 17:00:00")

    def test_public_holiday(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "date_from": "2026-06-02 00:00:00",
                "date_to": "2026-06-02 23:59:59",
            }
        )
        due = self._get_due(
            "16:00",
            timeout_value=4,
            in_working_hours=True,
            calendar_id=self.calendar.id,
        )
        self.assertEqual(due, "2026-06-03 11:00:00")

    def test_schedule_of_the_company_in_its_time_zone(self):
        office = self.calendar.copy({"tz": "Asia/Tokyo", "company_id": self.company.id})
        self.company.resource_calendar_id = office
        # 16:00 in Tokyo.
        due = self._get_due("07:00", timeout_value=4, in_working_hours=True)
        self.assertEqual(due, "2026-06-02 02:00:00")

    def test_schedule_without_hours_does_not_hang(self):
        self.calendar.attendance_ids.unlink()
        due = self._get_due(
            "16:00",
            timeout_value=4,
            in_working_hours=True,
            calendar_id=self.calendar.id,
        )
        self.assertEqual(due, "2026-06-01 20:00:00")

    def test_kept_as_it_was_when_submitted(self):
        """Whoever changes the policy later moves no deadline that runs."""
        self.step.write({"timeout_value": 4, "reminder_max": 1, "reminder_first": 1})
        line = self._get_line(self._submit_at("09:00"))
        self.step.write({"timeout_value": 1, "reminder_max": 0})
        self.assertEqual(str(line.due_at), "2026-06-01 13:00:00")
        self.assertEqual(str(line.next_action_at), "2026-06-01 10:00:00")
        self._run_at("10:00")
        self.assertEqual(line.reminder_count, 1)
        self.assertEqual(str(line.next_action_at), "2026-06-01 13:00:00")

    def test_clock_begins_when_the_level_opens(self):
        second = {"role_id": self.chief.id, "level": 2, "timeout_value": 2}
        self.policy.step_ids = [Command.create({**second, "in_working_hours": False})]
        order = self._submit_at("09:00")
        first, later = self._get_line(order)
        self.assertFalse(later.next_action_at)
        with freeze_time("2026-06-01 12:00"):
            self._approve(order, self.ann)
        self.assertEqual(str(later.due_at), "2026-06-01 14:00:00")
        self.assertEqual(self._get_request(order).due_at, later.due_at)
        self.assertFalse(first.next_action_at)

    def test_shortest_deadline_of_several_policies(self):
        self.step.write({"timeout_value": 5, "reminder_max": 1, "reminder_first": 3})
        self._new_policy(
            {"timeout_value": 1, "timeout_unit": "days", "in_working_hours": False},
            {"timeout_value": 2, "in_working_hours": False},
            name="Also",
            discount=10,
        )
        line = self._get_line(self._submit_at("09:00"))
        self.assertEqual(len(line), 1)
        self.assertEqual(str(line.due_at), "2026-06-01 11:00:00")
        self.assertEqual(str(line.remind_at), "2026-06-01 12:00:00")

    def test_decided_in_time(self):
        self.step.write({"timeout_value": 4, "reminder_max": 3})
        self.step.write({"reminder_first": 1, "reminder_every": 1})
        order = self._submit_at("09:00")
        self._approve(order, self.ann)
        self.assertFalse(self._get_line(order).next_action_at)
        self._run_at("20:00")
        self.assertFalse(self._get_reminded(self.ann))
        self.assertNotIn("approval.escalated", self._get_codes(order))

    def test_banner_says_until_when(self):
        self.step.timeout_value = 4
        order = self._submit_at("09:00")
        self.assertIn("Due ", order.guard_message)
        self.step.timeout_value = 0
        self.assertNotIn("Due ", self._new_submitted().guard_message)

    # --- settings --- #

    def test_settings_that_make_no_sense(self):
        wrong = (
            {"timeout_value": -1},
            {"timeout_value": 4, "on_timeout": "reassign"},
            {"timeout_value": 4, "on_timeout": "add_approver"},
            {"reminder_max": 1},
            {"reminder_max": 2, "reminder_first": 1},
        )
        for vals in wrong:
            with (
                self.subTest(vals),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
            ):
                self.step.write(vals)
                self.env.flush_all()

    def test_escalation_to_a_user_who_may_not_approve(self):
        with self.assertRaisesRegex(ValidationError, "may not approve"):
            self.step.escalation_user_id = self.salesman

    def test_settings_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        role = self._new_role("Theirs", self.bob, company_id=other.id)
        calendar = self.calendar.copy({"company_id": other.id})
        for vals in ({"escalation_role_id": role.id}, {"calendar_id": calendar.id}):
            with self.assertRaisesRegex(ValidationError, "another company"):
                self.step.write(vals)

    def test_form(self):
        with Form(self.step.with_user(self.manager)) as form:
            form.timeout_value = 4
            form.on_timeout = "add_approver"
            form.escalation_role_id = self.chief
            form.reminder_max = 2
            form.reminder_first = 1.5
            form.reminder_every = 2
        self.assertEqual(self.step.escalation_role_id, self.chief)
        self.assertEqual(self.step.reminder_first, 1.5)
