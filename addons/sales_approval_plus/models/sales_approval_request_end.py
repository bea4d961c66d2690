from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, LockError

from ..exceptions import ApprovalError


class SalesApprovalRequest(models.Model):
    """How requests end: decided, withdrawn, or by what became of their document."""

    _inherit = "sales.approval.request"

    def action_withdraw(self):
        """Take the requests back.

        :return: True
        :raise ApprovalError: if one is not open, or not yours
        """
        self.check_access("read")
        for request in self:
            if not request._can_withdraw():
                raise ApprovalError(
                    self.env._(
                        "%s cannot be withdrawn: only who submitted it, the salesperson "
                        "and sales administrators can, while it is waiting.",
                        request.display_name,
                    )
                )
            # sudo: nobody may write requests; checked just now.
            request.sudo()._end("withdrawn")
        return True

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_withdraw(self):
        for request in self:
            request.can_withdraw = request._can_withdraw()

    def _can_withdraw(self):
        if not self or self.state != "pending":
            return False
        return self.env.user in (
            self.requester_id | self.user_id
        ) or self.env.user.has_group("sales_team.group_sale_manager")

    def _supersede(self):
        if self:
            self.sudo()._end("superseded")

    def _end(self, state, note=False):
        """Close the requests: lock, write, tell the audit, clear the to-do lists."""
        self._lock()
        self.write({"state": state, "note": note, "decided_on": fields.Datetime.now()})
        self.line_ids.filtered(lambda line: line.state in ("waiting", "open")).write(
            {"state": "skipped"}
        )
        self.activity_unlink(["sales_approval_plus.mail_activity_type_approval"])
        details = [
            (one._get_document(), {"request": one.id, "note": note}) for one in self
        ]
        self.env["sales.audit.event"]._log_each(f"approval.{state}", details)

    def _lock(self):
        """Take the requests for this transaction.

        :raise ConcurrencyError: if somebody else decides right now; Odoo then repeats
            the call, which sees what he decided
        """
        try:
            self.lock_for_update()
        except LockError as error:
            raise ConcurrencyError(str(error)) from error
