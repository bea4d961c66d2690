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
        string="Customer Type",
        groups="base.group_user",
        help="What kind of customer it is; kept on each of his orders.",
    )
    sales_order_type_id = fields.Many2one(
        "sales.order.type",
        string="Order Type",
        company_dependent=True,
        groups="base.group_user",
        help="Type of new orders of this customer; empty: that of the company.",
    )

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "customer_class", "sales_order_type_id"]
