from odoo import fields, models

CHECKS = [
    ("none", "Do not check"),
    ("warn", "Show a remark"),
    ("block", "Do not confirm"),
]


class ResCompany(models.Model):
    """How strict the company is with lines, and what its documents show."""

    _inherit = "res.company"

    sales_qty_check = fields.Selection(
        selection=CHECKS,
        string="Minimum Quantities",
        default="warn",
        required=True,
        help="What happens when a quantity is below the minimum or not a multiple.",
    )
    sales_hazmat_check = fields.Selection(
        selection=CHECKS,
        string="Dangerous Goods",
        default="warn",
        required=True,
        help="What happens when the delivery method does not take dangerous goods.",
    )
    sales_temperature_check = fields.Selection(
        selection=CHECKS,
        string="Mixed Temperatures",
        default="warn",
        required=True,
        help="What happens when goods of an order need different temperatures.",
    )
    sales_show_sku = fields.Boolean(
        string="Show SKU",
        help="A column with the number of the product on quotations and orders.",
    )
    sales_show_specs = fields.Boolean(
        string="Show Specifications",
        help="The properties of the product below its description.",
    )
    sales_show_images = fields.Boolean(
        string="Show Images", help="A picture of the product beside its description."
    )
    sales_show_tiers = fields.Boolean(
        string="Show Quantity Prices",
        help="Customers see on the portal what larger quantities cost.",
    )
    sales_delay_notice_days = fields.Integer(
        string="Tell about Delays of",
        help="Days a line's estimated delivery may slip before the customer is told. "
        "0: he is not told.",
        prefetch="sales_rare",
    )

    _sales_delay_positive = models.Constraint(
        "CHECK (sales_delay_notice_days >= 0)",
        "Tell about Delays of: give 0 or more days.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sales_qty_check = fields.Selection(
        related="company_id.sales_qty_check", readonly=False
    )
    sales_hazmat_check = fields.Selection(
        related="company_id.sales_hazmat_check", readonly=False
    )
    sales_temperature_check = fields.Selection(
        related="company_id.sales_temperature_check", readonly=False
    )
    sales_show_sku = fields.Boolean(related="company_id.sales_show_sku", readonly=False)
    sales_show_specs = fields.Boolean(
        related="company_id.sales_show_specs", readonly=False
    )
    sales_show_images = fields.Boolean(
        related="company_id.sales_show_images", readonly=False
    )
    sales_show_tiers = fields.Boolean(
        related="company_id.sales_show_tiers", readonly=False
    )
    sales_delay_notice_days = fields.Integer(
        related="company_id.sales_delay_notice_days", readonly=False
    )
