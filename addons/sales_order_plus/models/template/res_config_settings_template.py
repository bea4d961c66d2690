from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    match_min_margin = fields.Float(
        related="company_id.match_min_margin", readonly=False
    )
