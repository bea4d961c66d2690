from odoo import fields, models


class SalesApprovalCriterion(models.Model):
    """One condition of a policy: what is measured, and from where on it counts."""

    _name = "sales.approval.criterion"
    _inherit = ["sales.approval.measure.mixin", "sales.cached.mixin"]
    _description = "Approval Condition"
    _order = "sequence, id"

    policy_id = fields.Many2one(
        "sales.approval.policy",
        required=True,
        ondelete="cascade",
        index=True,
        help="Policy of the condition.",
    )
    company_id = fields.Many2one(related="policy_id.company_id")
    sequence = fields.Integer(default=10, help="Order inside the policy.")

    def _get_currency(self):
        return self.policy_id.company_id.currency_id
