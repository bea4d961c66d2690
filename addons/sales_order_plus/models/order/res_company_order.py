from odoo import fields, models


class ResCompany(models.Model):
    """How the company numbers and sorts its orders."""

    _inherit = "res.company"

    separate_quotation_number = fields.Boolean(
        help="Number quotations apart from orders. A confirmed quotation gets the "
        "number of an order and keeps its own beside it."
    )
    number_customers = fields.Boolean(
        help="Give each customer without a reference a number with his first order.",
    )
    sales_order_type_id = fields.Many2one(
        "sales.order.type",
        string="Default Order Type",
        domain="[('company_id', 'in', (False, id))]",
        help="Type of new orders, unless the customer has one of his own.",
    )
    bulk_order_quantity = fields.Float(
        digits="Product Unit",
        help="Orders of at least so many units are classified as bulk; 0: never.",
    )
    bulk_order_amount = fields.Monetary(
        help="Orders of at least this untaxed amount are classified as bulk; 0: never."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    separate_quotation_number = fields.Boolean(
        related="company_id.separate_quotation_number", readonly=False
    )
    number_customers = fields.Boolean(
        related="company_id.number_customers", readonly=False
    )
    sales_order_type_id = fields.Many2one(
        related="company_id.sales_order_type_id", readonly=False
    )
    bulk_order_quantity = fields.Float(
        related="company_id.bulk_order_quantity", readonly=False
    )
    bulk_order_amount = fields.Monetary(
        related="company_id.bulk_order_amount",
        currency_field="company_currency_id",
        readonly=False,
    )
    group_sales_order_type = fields.Boolean(
        string="Order Types",
        implied_group="sales_order_plus.group_sales_order_type",
        help="Show the type of an order on its form, below the payment terms.",
    )
