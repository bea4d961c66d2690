from odoo import fields, models


class ResCompany(models.Model):
    """How strict a company is about changes of confirmed orders."""

    _inherit = "res.company"

    sales_change_control = fields.Boolean(
        string="Change Control",
        help="Quantities, prices, dates, addresses and terms of confirmed orders change "
        "only through change requests; each version of an order is kept.",
    )
    sales_change_acceptance = fields.Boolean(
        string="Customers Accept What Costs More",
        help="A change request that makes the order dearer waits until the acceptance "
        "of the customer is recorded.",
        prefetch="sales_rare",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sales_change_control = fields.Boolean(
        related="company_id.sales_change_control", readonly=False
    )
    sales_change_acceptance = fields.Boolean(
        related="company_id.sales_change_acceptance", readonly=False
    )
