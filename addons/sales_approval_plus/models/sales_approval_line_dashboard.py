from odoo import fields, models


class SalesApprovalLine(models.Model):
    """What the dashboard of open steps shows of their request."""

    _inherit = "sales.approval.line"

    company_id = fields.Many2one(
        related="request_id.company_id", help="Company of the order."
    )
    currency_id = fields.Many2one(
        related="request_id.currency_id", help="Currency of the company."
    )
    partner_id = fields.Many2one(
        related="request_id.partner_id", help="Customer of the order."
    )
    user_id = fields.Many2one(
        related="request_id.user_id", help="Salesperson of the order."
    )
    amount = fields.Monetary(
        related="request_id.amount",
        help="Untaxed amount of the order in company currency.",
    )
