from odoo import fields, models

HELP = "Face of the quotations: logo, colours, font. "


class SaleOrderTemplate(models.Model):
    _inherit = "sale.order.template"

    sales_brand_id = fields.Many2one(
        "sales.brand",
        string="Brand",
        check_company=True,
        index="btree_not_null",
        help=HELP + "Goes before that of the channel and of the sales team.",
    )


class SalesChannel(models.Model):
    _inherit = "sales.channel"

    sales_brand_id = fields.Many2one(
        "sales.brand",
        string="Brand",
        index="btree_not_null",
        help=HELP + "Goes before that of the sales team; a template's goes before it.",
    )


class CrmTeam(models.Model):
    _inherit = "crm.team"

    sales_brand_id = fields.Many2one(
        "sales.brand",
        string="Brand",
        check_company=True,
        index="btree_not_null",
        help=HELP + "Used where neither the template nor the channel has one.",
    )
