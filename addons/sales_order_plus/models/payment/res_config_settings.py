from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_check = fields.Selection(related="company_id.credit_check", readonly=False)
    credit_overdue_days = fields.Integer(
        related="company_id.credit_overdue_days", readonly=False
    )
    credit_controller_id = fields.Many2one(
        related="company_id.credit_controller_id", readonly=False
    )
    fraud_hold_score = fields.Integer(
        related="company_id.fraud_hold_score", readonly=False
    )
    tax_provider_id = fields.Many2one(
        related="company_id.tax_provider_id",
        readonly=False,
        domain="[('company_id', '=', company_id)]",
    )
