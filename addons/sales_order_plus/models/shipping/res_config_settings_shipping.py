from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    insurance_threshold = fields.Monetary(
        related="company_id.insurance_threshold",
        currency_field="currency_id",
        readonly=False,
    )
    insurance_product_id = fields.Many2one(
        related="company_id.insurance_product_id", readonly=False
    )
    shipping_auto_recompute = fields.Boolean(
        related="company_id.shipping_auto_recompute", readonly=False
    )
