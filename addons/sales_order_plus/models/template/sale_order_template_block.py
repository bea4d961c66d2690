from odoo import fields, models


class SaleOrderTemplate(models.Model):
    """What a quotation says to whom, and what it recommends."""

    _inherit = "sale.order.template"

    block_ids = fields.One2many(
        "sales.template.block",
        "template_id",
        string="Blocks",
        copy=True,
        help="Paragraphs that only some quotations of this template show.",
    )
    recommend_in_portal = fields.Boolean(
        string="Recommend in the Portal",
        help="Under “You may also need” the customer sees what others bought together "
        "with the products of his quotation, and may add it as an option.",
    )
