from odoo import fields, models


class SalesApprovalDecision(models.TransientModel):
    """Ask for the reason of a rejection."""

    _name = "sales.approval.decision"
    _description = "Reject Approval Requests"

    request_ids = fields.Many2many(
        "sales.approval.request",
        required=True,
        readonly=True,
        help="Requests that are rejected.",
    )
    reason = fields.Text(
        required=True,
        help="Why, and what would have to change; the salesperson reads it.",
    )

    def action_reject(self):
        """Reject the requests with the reason given.

        :return: window action that closes the dialog
        :raise VoteError: if you may not decide on one of them; none is rejected then
        """
        self.ensure_one()
        self.request_ids.action_reject(self.reason)
        return {"type": "ir.actions.act_window_close"}
