from odoo import fields, models


class ResPartner(models.Model):
    """The number of a trader at the customs."""

    _inherit = "res.partner"

    eori = fields.Char(
        string="EORI",
        groups="base.group_user",
        help="Number at the customs of the European Union, printed on export papers.",
        prefetch="sales_rare",
    )
