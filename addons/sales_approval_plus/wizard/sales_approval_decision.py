from odoo import api, fields, models

from ..models.sales_approval_condition import KINDS
from ..models.sales_approval_signature import RATINGS


class SalesApprovalDecision(models.TransientModel):
    """Ask for what a decision needs: reason, conditions, signature."""

    _name = "sales.approval.decision"
    _description = "Decide on Approval Requests"

    request_ids = fields.Many2many(
        "sales.approval.request",
        required=True,
        readonly=True,
        help="Requests that are decided on.",
    )
    decision = fields.Selection(
        selection=[
            ("approve", "Approve"),
            ("condition", "Approve on conditions"),
            ("request_change", "Request a change"),
            ("reject", "Reject"),
        ],
        required=True,
        default="reject",
        help="Rejected: not like this. Change: may be submitted again at once. On "
        "conditions: the order is confirmed once they hold.",
    )
    reason = fields.Text(
        help="Why, and what would have to change; the salesperson reads it."
    )
    comment_required = fields.Boolean(
        compute="_compute_requirements", help="Whether a step wants a comment."
    )
    signature_required = fields.Boolean(
        compute="_compute_requirements", help="Whether a step wants a signature."
    )
    signature = fields.Image(
        max_width=1024, max_height=1024, help="Your signature under the approval."
    )
    signed_name = fields.Char(
        string="Signed By",
        default=lambda self: self.env.user.name,
        help="Name under the signature.",
    )
    rating = fields.Selection(
        selection=RATINGS,
        string="Quality",
        help="How well the request was prepared: 1 badly, 5 very well.",
    )
    condition_ids = fields.One2many(
        "sales.approval.decision.condition",
        "wizard_id",
        string="Conditions",
        help="What must hold before the order is confirmed.",
    )

    @api.depends("request_ids", "decision")
    def _compute_requirements(self):
        for wizard in self:
            lines = wizard.request_ids._get_lines_asking_me()
            refuses = wizard.decision in ("reject", "request_change")
            wizard.comment_required = refuses or any(lines.mapped("comment_required"))
            wizard.signature_required = not refuses and any(
                lines.mapped("signature_required")
            )

    def action_decide(self):
        """Decide on the requests as chosen.

        :return: window action that closes the dialog
        :raise VoteError: if you may not decide on one of them, or something is missing;
            nothing is done then
        """
        self.ensure_one()
        for request in self.request_ids:
            if self.decision == "reject":
                request._vote("reject", self.reason, rating=self.rating)
            elif self.decision == "request_change":
                request._vote("request_change", self.reason, rating=self.rating)
            else:
                request.action_approve(self.reason, **self._prepare_approval())
        return {"type": "ir.actions.act_window_close"}

    def _prepare_approval(self):
        """Return what comes with the approval."""
        self.ensure_one()
        wanted = self.decision == "condition"
        signature = self.with_context(bin_size=False).signature
        return {
            "signature": signature and signature.decode(),
            "signed_name": self.signed_name,
            "rating": self.rating,
            "conditions": [one._prepare_condition() for one in self.condition_ids]
            if wanted
            else [],
        }


class SalesApprovalDecisionCondition(models.TransientModel):
    _name = "sales.approval.decision.condition"
    _description = "Decide on Approval Requests: Condition"

    wizard_id = fields.Many2one(
        "sales.approval.decision", required=True, ondelete="cascade", help="Dialog."
    )
    kind = fields.Selection(
        selection=KINDS, required=True, default="max_discount", help="What must hold."
    )
    value = fields.Float(
        digits=(16, 2), help="Percent, or a price in the currency of the order."
    )
    product_id = fields.Many2one("product.product", help="For a price.")
    payment_term_id = fields.Many2one(
        "account.payment.term", help="Terms the order must have."
    )
    text = fields.Char(help="What must be done; an approver ticks it off.")

    def _prepare_condition(self):
        self.ensure_one()
        return {
            "kind": self.kind,
            "value": self.value,
            "product_id": self.product_id.id,
            "payment_term_id": self.payment_term_id.id,
            "text": self.text,
        }
