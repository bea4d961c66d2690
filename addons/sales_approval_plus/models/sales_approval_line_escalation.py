from odoo import fields, models
from odoo.fields import Command


class SalesApprovalLine(models.Model):
    """What happens when the time of a step is over, once a level."""

    _inherit = "sales.approval.line"

    def _escalate(self, now):
        """Do what the policy says about being late.

        :return: who was asked or told by it
        """
        self.ensure_one()
        self.write({"escalation_count": self.escalation_count + 1, "escalated_on": now})
        escalate = {
            "notify": self._escalate_notify,
            "add_approver": self._escalate_add,
            "reassign": self._escalate_reassign,
            "reject": self._escalate_reject,
        }[self._get_level()["action"]]
        return escalate()

    def _get_level(self):
        """Return the level of the escalation that was reached last."""
        return self._get_timeouts()[max(self.escalation_count, 1) - 1]

    def _get_waited(self):
        """Return how long the step was open at most, in words."""
        reached = self._get_timeouts()[: max(self.escalation_count, 1)]
        return " + ".join(self._describe_time(level) for level in reached)

    def _describe_time(self, level):
        words = {
            ("hours", False): self.env._("%s hours", level["value"]),
            ("hours", True): self.env._("%s working hours", level["value"]),
            ("days", False): self.env._("%s days", level["value"]),
            ("days", True): self.env._("%s working days", level["value"]),
        }
        return words[level["unit"], bool(level["calendar"])]

    # === Who === #

    def _get_escalation_users(self):
        """Return whom the step names, today, of those who may decide at all."""
        level = self._get_level()
        role = self.env["sales.approval.role"].browse(level["role"] or ())
        user = self.env["res.users"].browse(level["user"] or ())
        users = role.exists()._get_members() | user.exists()
        return users._filter_approvers(self.request_id.company_id)

    def _get_eligible_users(self):
        """Return whom the step names and who may still be asked on this order.

        Nobody decides on his own order, and nobody on two levels.
        """
        request = self.request_id
        users = self._get_escalation_users() - request._get_excluded_voters()
        later = request.line_ids.filtered(lambda line: line.state == "waiting")
        return (users - request._get_voters() - self.approver_ids).filtered(
            lambda user: not any(line._needs(user) for line in later)
        )

    def _needs(self, user):
        """Return whether this step could not be completed without ``user``."""
        left = self.approver_ids - self.request_id._get_voters()
        return user in left and len(left - user) < self.needed - self._get_approvals()

    # === What === #

    def _escalate_notify(self):
        request = self.request_id
        users = self._get_escalation_users() or (
            self._get_waiting_users() | request._get_document()._get_responsible()
        )
        request._tell_overdue(users)
        self._log_escalation("notify", users)
        return users

    def _escalate_add(self):
        users = self._get_eligible_users()
        if not users:
            return self._escalate_in_vain()
        self.approver_ids = [Command.link(user.id) for user in users]
        self._log_escalation("add_approver", users)
        self._ask_escalated()
        return users

    def _escalate_reassign(self):
        """Replace those who have not decided, if there are enough others."""
        users = self._get_eligible_users()
        votes = self._get_votes()
        kept = votes.user_id | votes.on_behalf_of_id
        given = self._get_approvals()
        needed = {"any": 1, "all": given + len(users)}.get(self.mode, self.needed)
        if not users or given + len(users) < needed:
            # Too few to go on without those who were asked first.
            return self._escalate_add()
        self.write(
            {
                "approver_ids": [Command.set((kept | users).ids)],
                "needed": needed,
                **self._prepare_clock_vals(fields.Datetime.now()),
            }
        )
        self._log_escalation("reassign", users)
        self._ask_escalated()
        return users

    def _escalate_reject(self):
        request = self.request_id
        self._log_escalation("reject", self.env["res.users"])
        request._end("rejected", self._get_late_text())
        request._tell_decided()
        return self.env["res.users"]

    def _escalate_in_vain(self):
        """Nobody who is named may decide: somebody has to look at it."""
        users = self.env["res.users"]
        self._log_escalation("none_eligible", users)
        document = self.request_id._get_document()
        document.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=document._get_responsible().id,
            summary=self.env._("Approval is late"),
            note=self.env._(
                "%(late)s, and nobody of those to escalate to may decide on this order. "
                "Withdraw the request, or add members to the role and submit again.",
                late=self._get_late_text(),
            ),
        )
        return users

    def _get_late_text(self):
        return self.env._(
            "Step “%(step)s” was not decided within %(time)s",
            step=self.name,
            time=self._get_waited(),
        )

    def _ask_escalated(self):
        request = self.request_id
        request.invalidate_recordset(["open_approver_ids"])
        request._close_needless_activities()
        request._ask_approvers()

    def _log_escalation(self, action, users):
        request = self.request_id
        request._get_document()._log_event(
            "approval.escalated",
            request=request.id,
            step=self.name,
            action=action,
            people=", ".join(users.mapped("name")) or None,
            why=self._get_late_text(),
        )
