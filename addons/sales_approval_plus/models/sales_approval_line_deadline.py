import logging

from psycopg2 import OperationalError
from psycopg2.errors import SerializationFailure

from odoo import api, fields, models

_logger = logging.getLogger(__name__)


class SalesApprovalLine(models.Model):
    """The clock of a step: reminders, then what its policy says about being late.

    What the clock has done is written in the transaction of the messages themselves:
    a server that is killed on the way has done both or neither.
    """

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
        string="Escalations", readonly=True, help="How often the time was over."
    )
    escalated_on = fields.Datetime(
        readonly=True, help="When the time was over and something was done about it."
    )

    @api.depends("state", "due_at", "remind_at", "escalation_count")
    def _compute_next_action_at(self):
        for line in self:
            moments = [line.remind_at, not line.escalation_count and line.due_at]
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
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(due))
        for line in due:
            line._run_if_due()
            if not cron._commit_progress(1):
                return
        self.env["res.users"]._send_approval_digests()

    def _run_if_due(self):
        """Do what is due on one step; one that fails stops no other."""
        self.ensure_one()
        if not self._claim():
            return
        try:
            with self.env.cr.savepoint():
                self._run()
        except OperationalError:
            # A collision with another transaction: Odoo starts the cron again.
            raise
        except Exception:
            _logger.exception("Deadline of approval step %s failed", self.id)

    def _claim(self):
        """Lock step and request; return False where somebody else has them.

        Somebody may decide at this very moment, or another worker may have been here
        since this one began.
        """
        try:
            with self.env.cr.savepoint(flush=False):
                locked = self.request_id.try_lock_for_update() and (
                    self.try_lock_for_update()
                )
        except SerializationFailure:
            return False
        now = fields.Datetime.now()
        return bool(locked and self.next_action_at and self.next_action_at <= now)

    def _run(self):
        now = fields.Datetime.now()
        asked = self.env["res.users"]
        if not self.escalation_count and self.due_at and self.due_at <= now:
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
