from odoo import fields, models


class SaleOrderTemplate(models.Model):
    _inherit = "sale.order.template"

    intro_text = fields.Html(
        string="Introduction",
        translate=True,
        help="Printed before the lines, in the language of the customer.",
    )
    closing_text = fields.Html(
        string="Closing",
        translate=True,
        help="Printed after the lines, in the language of the customer.",
    )
