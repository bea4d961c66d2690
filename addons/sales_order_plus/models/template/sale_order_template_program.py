from odoo import fields, models


class SaleOrderTemplate(models.Model):
    _inherit = "sale.order.template"

    program_id = fields.Many2one(
        "loyalty.program",
        string="Promotion",
        domain="[('program_type', 'in', ('promotion', 'promo_code'))]",
        help="Applied by itself to quotations made with this template.",
    )
