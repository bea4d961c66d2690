from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    sales_season_days = fields.Integer(
        string="Safety Days of a Season",
        help="When twice as much is asked for as usual, so many days are added to the "
        "latest expected date of backorders; in proportion for other seasons.",
        prefetch="sales_rare",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sales_season_days = fields.Integer(
        related="company_id.sales_season_days", readonly=False
    )
