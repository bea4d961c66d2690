from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    sale_order_template_id = fields.Many2one(
        "sale.order.template",
        string="Quotation Template",
        company_dependent=True,
        groups="base.group_user",
        help="Proposed for each new quotation of this customer, before any other.",
    )
