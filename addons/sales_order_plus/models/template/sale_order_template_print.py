from odoo import fields, models


class SaleOrderTemplate(models.Model):
    """How quotations of this template are printed."""

    _inherit = "sale.order.template"

    paperformat_id = fields.Many2one(
        "report.paperformat",
        string="Paper Format",
        help="Paper of quotations of this template, such as US Letter; empty: the "
        "company's.",
    )
    section_page_break = fields.Boolean(
        string="A Page for Each Section",
        help="Begin each section of the quotation on a new page.",
    )
