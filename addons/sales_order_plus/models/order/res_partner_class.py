from odoo import api, fields, models

CUSTOMER_CLASSES = [
    ("retail", "Retail"),
    ("wholesale", "Wholesale"),
    ("vip", "VIP"),
    ("corporate", "Corporate"),
    ("government", "Government"),
]


class ResPartner(models.Model):
    _inherit = "res.partner"

    customer_class = fields.Selection(
        selection=CUSTOMER_CLASSES,
        groups="base.group_user",
        help="What kind of customer it is; kept on each of his orders.",
    )

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "customer_class"]
