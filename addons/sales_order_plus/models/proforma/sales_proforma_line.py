from odoo import api, fields, models


class SalesProformaLine(models.Model):
    """A line of the order as it was on the day of issue, and the part asked of it.

    Written by the product alone: nobody has the right to create or write one.
    """

    _name = "sales.proforma.line"
    _description = "Proforma Line"
    _order = "proforma_id, sequence, id"

    proforma_id = fields.Many2one(
        "sales.proforma",
        required=True,
        index=True,
        ondelete="cascade",
        help="The document it stands on.",
    )
    company_id = fields.Many2one(
        related="proforma_id.company_id",
        store=True,
        precompute=True,
        help="Company of the proforma.",
    )
    currency_id = fields.Many2one(
        related="proforma_id.currency_id", help="Currency of the proforma."
    )
    order_currency_id = fields.Many2one(
        related="proforma_id.order_currency_id",
        string="Order Currency",
        help="Currency of the order.",
    )
    sequence = fields.Integer(default=10, help="Order on the document.")
    sale_line_id = fields.Many2one(
        "sale.order.line",
        string="Order Line",
        index="btree_not_null",
        ondelete="set null",
        help="The line of the order it is a part of.",
    )
    display_type = fields.Selection(
        selection=[
            ("line_section", "Section"),
            ("line_subsection", "Subsection"),
            ("line_note", "Note"),
        ],
        help="A heading or a remark instead of goods.",
    )
    product_id = fields.Many2one("product.product", help="Product of the order line.")
    name = fields.Text(string="Description", help="Description of the order line.")
    quantity = fields.Float(
        digits="Product Unit", help="Quantity asked, or of the line it is a part of."
    )
    product_uom_id = fields.Many2one(
        "uom.uom", string="Unit", help="Unit of the quantity."
    )
    fraction = fields.Float(digits=0, help="Part of the order line, 1 being all of it.")
    percent = fields.Float(
        string="Part (%)",
        compute="_compute_percent",
        help="Part of the order line in percent.",
    )
    price_unit = fields.Float(
        digits="Product Price", help="Price of one unit in the proforma's currency."
    )
    discount = fields.Float(digits="Discount", help="Discount of the order line in %.")
    tax_ids = fields.Many2many(
        "account.tax", string="Taxes", help="Taxes of the order line."
    )
    tax_amounts = fields.Json(
        help="{tax id: amount} in the proforma's currency, as Odoo computed them."
    )
    order_tax_amounts = fields.Json(
        help="{tax id: amount} in the currency of the order."
    )
    price_subtotal = fields.Monetary(string="Amount", help="Without taxes.")
    price_tax = fields.Monetary(string="Tax", help="Sum of the taxes.")
    price_total = fields.Monetary(
        string="Total", compute="_compute_price_total", help="With taxes."
    )
    order_subtotal = fields.Monetary(
        currency_field="order_currency_id",
        help="Without taxes, in the currency of the order.",
    )
    order_total = fields.Monetary(
        currency_field="order_currency_id",
        help="With taxes, in the currency of the order.",
    )

    @api.depends("fraction")
    def _compute_percent(self):
        for line in self:
            line.percent = 100 * line.fraction

    @api.depends("price_subtotal", "price_tax")
    def _compute_price_total(self):
        for line in self:
            line.price_total = line.price_subtotal + line.price_tax
