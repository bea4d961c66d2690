from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of proformas and export papers, one for each company."""

    _inherit = "res.config.settings"

    proforma_validity_days = fields.Integer(
        related="company_id.proforma_validity_days", readonly=False
    )
    proforma_reminder_days = fields.Integer(
        related="company_id.proforma_reminder_days", readonly=False
    )
    proforma_down_payment = fields.Boolean(
        related="company_id.proforma_down_payment", readonly=False
    )
    proforma_credit_check = fields.Boolean(
        related="company_id.proforma_credit_check", readonly=False
    )
    eori = fields.Char(related="company_id.eori", string="Company EORI", readonly=False)
    export_check = fields.Boolean(related="company_id.export_check", readonly=False)
