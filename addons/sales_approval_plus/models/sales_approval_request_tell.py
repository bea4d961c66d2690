from odoo import models

from .sales_approval_request_vote import ACTIVITY

DECIDED_ACTIVITY = "sales_approval_plus.mail_activity_type_decided"


class SalesApprovalRequest(models.Model):
    """Telling people: who is asked, and what was decided."""

    _inherit = "sales.approval.request"

    def _ask_approvers(self):
        asked = self.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(ACTIVITY)
        ).user_id
        for user in self.open_approver_ids - asked:
            request = self.with_context(lang=user.lang)
            request.activity_schedule(
                ACTIVITY,
                user_id=user.id,
                summary=request._get_title(),
                note="<br/>".join(request._get_reasons()),
            )

    def _close_needless_activities(self):
        """Take the request off the list of those it does not wait for any more."""
        needless = self.activity_ids.user_id - self.open_approver_ids
        for user in needless:
            self.activity_unlink([ACTIVITY], user_id=user.id)

    def _tell_submitted(self):
        for request in self:
            request._get_document().message_post(
                body=self.env._(
                    "Submitted for approval: %s", "; ".join(request._get_reasons())
                ),
                subtype_xmlid="mail.mt_note",
            )

    def _tell_decided(self):
        """Tell on the order; remind the salesperson if he has to go on himself."""
        self.ensure_one()
        document = self._get_document()
        if self.state == "rejected":
            text = self._get_rejected_message()
            summary = self.env._("Rejected: change the order")
        elif self.state == "changes_requested":
            text = self._get_changes_message()
            summary = self.env._("Change the order and submit it again")
        elif self._get_open_conditions():
            text = self._get_conditional_message()
            summary = self.env._("Approved on conditions: apply them")
        else:
            text = self._get_summary()
            summary = self.env._("Approved: confirm the order")
        document.message_post(body=text, subtype_xmlid="mail.mt_note")
        if document.state == "sale":
            return
        document.activity_schedule(
            DECIDED_ACTIVITY,
            user_id=document._get_responsible().id,
            summary=summary,
            note=text,
        )
