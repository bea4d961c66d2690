from odoo import api, fields, models


class SalesApprovalLine(models.Model):
    """The clock of a step: reminders, then what its policy says about being late."""

    _name = "sales.approval.line"
    _inherit = ["sales.approval.line", "sales.due.mixin"]

    schedule = fields.Json(
        readonly=True, help="Deadline and reminders as they were when submitted."
    )
    due_at = fields.Datetime(
        string="Due", readonly=True, help="Until when these people should decide (UTC)."
    )
    remind_at = fields.Datetime(
        string="Next Reminder",
        readonly=True,
        help="When those who have not decided are reminded next (UTC).",
    )
    escalate_at = fields.Datetime(
        string="Next Escalation",
        compute="_compute_escalate_at",
        store=True,
        help="When the next level of the escalation follows, if nobody decides (UTC).",
    )
    next_action_at = fields.Datetime(
        compute="_compute_next_action_at",
        store=True,
        index="btree_not_null",
        help="When the clock acts next (UTC): a reminder, or the end of the deadline.",
    )
    reminder_count = fields.Integer(
        string="Reminders", readonly=True, help="How often people were reminded."
    )
    escalation_count = fields.Integer(
        string="Escalations",
        readonly=True,
        help="How many levels of the escalation were reached.",
    )
    escalated_on = fields.Datetime(
        readonly=True, help="When the time was over and something was done about it."
    )

    @api.depends("due_at", "schedule", "escalation_count", "escalated_on")
    def _compute_escalate_at(self):
        for line in self:
            count, levels = line.escalation_count, line._get_timeouts()
            if not count:
                line.escalate_at = line.due_at
            elif count < len(levels):
                level = levels[count]
                line.escalate_at = line._plan(line.escalated_on, level["hours"], level)
            else:
                line.escalate_at = False

    @api.depends("state", "escalate_at", "remind_at")
    def _compute_next_action_at(self):
        for line in self:
            moments = [line.remind_at, line.escalate_at]
            moments = [moment for moment in moments if moment]
            ticking = line.state == "open" and moments
            line.next_action_at = min(moments) if ticking else False

    # === The clock === #

    def _open(self):
        result = super()._open()
        for line in self.filtered("schedule"):
            line.write(line._prepare_clock_vals(line.opened_on))
        return result

    def _prepare_clock_vals(self, start):
        """Return when the step is due and reminds first, if its clock starts now."""
        timeout, reminder = self._get_timeout(), self._get_reminder()
        return {
            "due_at": timeout and self._plan(start, timeout["hours"], timeout),
            "remind_at": reminder and self._plan(start, reminder["first"], reminder),
            "reminder_count": 0,
        }

    def _get_timeout(self):
        return (self.schedule or {}).get("timeout", False)

    def _get_timeouts(self):
        """Return the levels of the escalation, the first one first."""
        timeout = self._get_timeout()
        return [timeout, *timeout.get("more", ())] if timeout else []

    def _get_reminder(self):
        return (self.schedule or {}).get("reminder", False)

    def _plan(self, start, hours, rules):
        calendar = self.env["resource.calendar"].browse(rules["calendar"] or ())
        return self.env["sales.approval.step"]._plan_hours(
            start, hours, calendar.exists()
        )

    # === The scheduled job === #

    @api.model
    def _cron_run_deadlines(self):
        """Remind and escalate what is due, one step after the other."""
        now = fields.Datetime.now()
        due = self.search([("next_action_at", "<=", now)], order="next_action_at, id")
        if due._run_each_due():
            self.env["res.users"]._send_approval_digests()

    def _lock_due(self):
        return bool(self.request_id.try_lock_for_update() and super()._lock_due())

    def _is_due_now(self):
        moment = self.next_action_at
        return bool(moment) and moment <= fields.Datetime.now()

    def _run(self):
        now = fields.Datetime.now()
        asked = self.env["res.users"]
        if self.escalate_at and self.escalate_at <= now:
            asked = self._escalate(now)
        if self.state == "open" and self.remind_at and self.remind_at <= now:
            self._remind(now, self._get_waiting_users() - asked)

    # === Reminders === #

    def _get_waiting_users(self):
        """Return who has not decided on this step, with those who stand in for them."""
        self.ensure_one()
        request = self.request_id
        waiting = self.approver_ids - request._get_voters()
        delegations = self.env["sales.approval.delegation"]._get_current(users=waiting)
        return waiting | self._get_delegates(delegations)

    def _remind(self, now, users):
        self.write(self._prepare_reminded_vals(now))
        request = self.request_id
        # Who ticked the to-do off without deciding finds it again.
        request._ask_approvers(tell=False)
        request._remind(users)
        request._get_document()._log_event(
            "approval.reminded",
            request=request.id,
            step=self.name,
            number=self.reminder_count,
            people=", ".join(users.mapped("name")),
        )

    def _prepare_reminded_vals(self, now):
        rules, count = self._get_reminder(), self.reminder_count + 1
        following = False
        if count < rules["max"]:
            following = self._plan(self.remind_at, rules["every"], rules)
            if following <= now:
                # The server was away: no burst of what was missed.
                following = self._plan(now, rules["every"], rules)
        return {"reminder_count": count, "remind_at": following}
