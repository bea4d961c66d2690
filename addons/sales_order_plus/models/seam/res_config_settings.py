from odoo import fields, models

from .sales_audit_chain import YEARS_PARAMETER


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sales_audit_retention_years = fields.Integer(
        string="Keep Audit Events",
        config_parameter=YEARS_PARAMETER,
        help="Years after which sealed audit events are removed; 0: never.",
    )

    _sales_audit_retention_years = models.Constraint(
        "CHECK (sales_audit_retention_years >= 0)",
        "Keep Audit Events: give a number of years, or 0 to keep all.",
    )
