from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

HOURS_PER_DAY = 24
ON_TIMEOUT = [
    ("notify", "Tell people"),
    ("add_approver", "Ask more people"),
    ("reassign", "Ask others instead"),
    ("reject", "Reject"),
]


class SalesApprovalStep(models.Model):
    """How long the people of a step have, who reminds them, and what happens then."""

    _inherit = "sales.approval.step"

    timeout_value = fields.Integer(
        string="Decide Within",
        help="Time to decide, from the moment the step opens; 0: no deadline.",
    )
    timeout_unit = fields.Selection(
        selection=[("hours", "Hours"), ("days", "Days")],
        required=True,
        default="hours",
        help="Unit of the deadline. A working day has the hours that the working "
        "schedule gives it on average; any other day has 24.",
    )
    in_working_hours = fields.Boolean(
        default=True,
        help="Deadline and reminders count only hours in which people work, without "
        "public holidays. Otherwise the clock never stops.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Schedule",
        ondelete="restrict",
        domain="[('company_id', 'in', [False, company_id])]",
        help="Whose hours count; empty for those of the company.",
    )
    on_timeout = fields.Selection(
        selection=ON_TIMEOUT,
        string="Then",
        required=True,
        default="notify",
        help="What happens once when the time is over. Tell people: those named, or "
        "those who are asked and the salesperson. Ask more people: any of those named "
        "may decide too. Ask others: only those named decide from then on. Who may not "
        "decide on the order is never asked.",
    )
    escalation_role_id = fields.Many2one(
        "sales.approval.role",
        string="Escalate to Role",
        ondelete="restrict",
        domain="[('company_id', 'in', [False, company_id])]",
        help="Its members of that moment are told or asked.",
    )
    escalation_user_id = fields.Many2one(
        "res.users",
        string="Escalate to User",
        ondelete="restrict",
        domain=lambda self: [
            ("share", "=", False),
            (
                "all_group_ids",
                "in",
                self.env["sales.approval.role"]._get_approver_group().ids,
            ),
        ],
        help="This user is told or asked, such as the head of sales.",
    )
    reminder_first = fields.Float(
        string="First Reminder After",
        help="Hours after which those who have not decided are reminded.",
    )
    reminder_every = fields.Float(
        string="Then Every", help="Hours between two reminders."
    )
    reminder_max = fields.Integer(
        string="Reminders at Most",
        help="How often the step reminds at most; 0: never.",
    )

    _timeout_positive = models.Constraint(
        "CHECK(timeout_value >= 0)", "Decide Within: give 0 or more."
    )
    _escalation_named = models.Constraint(
        "CHECK(timeout_value = 0 OR on_timeout NOT IN ('add_approver', 'reassign')"
        " OR escalation_role_id IS NOT NULL OR escalation_user_id IS NOT NULL)",
        "Escalate to: choose the role or the user that is asked when the time is over.",
    )
    _reminder_sane = models.Constraint(
        "CHECK(reminder_max >= 0"
        " AND (reminder_max = 0 OR COALESCE(reminder_first, 0) > 0)"
        " AND (reminder_max <= 1 OR COALESCE(reminder_every, 0) > 0))",
        "Reminders: give the hours until the first one and, for more than one, the "
        "hours between them.",
    )

    @api.constrains("escalation_user_id")
    def _check_escalation_user_id(self):
        users = self.escalation_user_id
        self.env["sales.approval.role"]._check_are_approvers(users)

    @api.constrains("escalation_role_id", "calendar_id", "policy_id")
    def _check_deadline_company(self):
        for step in self:
            for record in (step.escalation_role_id, step.calendar_id):
                if record.company_id and record.company_id != step.company_id:
                    raise ValidationError(
                        self.env._(
                            "%(field)s: “%(name)s” belongs to another company. Choose "
                            "one of %(company)s or one without company.",
                            field=record._description,
                            name=record.display_name,
                            company=step.company_id.name,
                        )
                    )

    # === Time === #

    @api.model
    def _plan_hours(self, start, hours, calendar):
        """Return the moment ``hours`` after ``start`` (UTC, naive).

        :param calendar: only its working hours count; empty for every hour
        """
        # sudo: working schedules are not for every approver to read.
        planned = calendar and calendar.sudo().plan_hours(
            hours, start, compute_leaves=True
        )
        # A schedule without any hours would never come to an end.
        return planned or start + timedelta(hours=hours)

    def _get_calendar(self):
        self.ensure_one()
        if not self.in_working_hours:
            return self.calendar_id.browse()
        return self.calendar_id or self.company_id.sudo().resource_calendar_id

    def _get_timeout_hours(self):
        return self._get_hours(self.timeout_value)

    def _get_hours(self, value):
        """Return ``value``, in the unit of the deadline, as hours."""
        self.ensure_one()
        if self.timeout_unit == "hours":
            return value
        calendar = self._get_calendar().sudo()
        return value * (calendar.hours_per_day or HOURS_PER_DAY)

    # === What a request keeps === #

    def _prepare_schedule(self):
        """Return what a step of a request keeps of these steps, as plain data.

        Where several policies ask the same people, the shortest deadline and the
        earliest reminder hold.
        """
        # sudo: who submits need not read working schedules.
        steps, now = self.sudo(), fields.Datetime.now()
        schedule = {}
        if timed := steps.filtered("timeout_value"):
            first = min(timed, key=lambda step: step._plan_timeout(now))
            schedule["timeout"] = first._prepare_timeout()
        if reminding := steps.filtered("reminder_max"):
            first = min(reminding, key=lambda step: step._plan_reminder(now))
            schedule["reminder"] = first._prepare_reminder()
        return schedule

    def _plan_timeout(self, start):
        return self._plan_hours(start, self._get_timeout_hours(), self._get_calendar())

    def _plan_reminder(self, start):
        return self._plan_hours(start, self.reminder_first, self._get_calendar())

    def _prepare_timeout(self):
        self.ensure_one()
        return {
            "hours": self._get_timeout_hours(),
            "value": self.timeout_value,
            "unit": self.timeout_unit,
            "calendar": self._get_calendar().id,
            "action": self.on_timeout,
            "role": self.escalation_role_id.id,
            "user": self.escalation_user_id.id,
        }

    def _prepare_reminder(self):
        self.ensure_one()
        return {
            "first": self.reminder_first,
            "every": self.reminder_every,
            "max": self.reminder_max,
            "calendar": self._get_calendar().id,
        }
