from odoo import fields, models


class SalesApprovalDecision(models.TransientModel):
    """Ask for the reason of a rejection, or for what is to be changed."""

    _name = "sales.approval.decision"
    _description = "Decide on Approval Requests"

    request_ids = fields.Many2many(
        "sales.approval.request",
        required=True,
        readonly=True,
        help="Requests that are decided on.",
    )
    decision = fields.Selection(
        selection=[("reject", "Reject"), ("request_change", "Request a change")],
        required=True,
        default="reject",
        help="Rejected: not like this. Change: may be submitted again at once.",
    )
    reason = fields.Text(
        required=True,
        help="Why, and what would have to change; the salesperson reads it.",
    )

    def action_decide(self):
        """Reject the requests, or send them back, with the reason given.

        :return: window action that closes the dialog
        :raise VoteError: if you may not decide on one of them; nothing is done then
        """
        self.ensure_one()
        if self.decision == "reject":
            self.request_ids.action_reject(self.reason)
        else:
            self.request_ids.action_request_change(self.reason)
        return {"type": "ir.actions.act_window_close"}
