from odoo import fields, models

from ..models.sales_approval_request_vote import REFUSALS
from ..models.sales_approval_vote_rationale import given_reason


class SalesApprovalDecision(models.TransientModel):
    """The dialog offers categories of reasons."""

    _inherit = "sales.approval.decision"

    reason_id = fields.Many2one(
        "sales.approval.reason",
        string="Category",
        domain="[('applies_to', 'in', ['any', decision])]",
        help="Kind of reason, for the statistics; may be left empty.",
    )

    def action_decide(self):
        self.ensure_one()
        reasons = self.env["sales.approval.reason"]
        # Checked again: a category of something else may have come by RPC.
        refuses = self.decision in REFUSALS
        code = refuses and self.reason_id.code
        reason = reasons._get_by_code(code, self.decision)
        with given_reason(reason):
            return super().action_decide()
