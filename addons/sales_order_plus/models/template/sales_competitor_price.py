from odoo import api, fields, models
from odoo.fields import Domain

# What tells whether a price meets a line, and how high it is.
TERMS = (
    "product_tmpl_id",
    "product_id",
    "partner_id",
    "price",
    "currency_id",
    "min_quantity",
)


class SalesCompetitorPrice(models.Model):
    """What a competitor asks for a product of ours, from a day until a day."""

    _name = "sales.competitor.price"
    _inherit = ["sales.presence.mixin"]
    _description = "Competitor Price"
    _order = "product_tmpl_id, price"
    _check_company_auto = True

    product_tmpl_id = fields.Many2one(
        "product.template",
        string="Product",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        help="Our product the price is compared with.",
    )
    product_id = fields.Many2one(
        "product.product",
        string="Variant",
        domain="[('product_tmpl_id', '=', product_tmpl_id)]",
        ondelete="cascade",
        check_company=True,
        help="Only this variant; empty: all of them.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Competitor",
        required=True,
        index=True,
        ondelete="restrict",
        help="Who asks that price.",
    )
    price = fields.Monetary(
        required=True,
        help="Price of one unit of the product, without taxes, in that currency.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="Currency of the price.",
    )
    min_quantity = fields.Float(
        string="From Quantity",
        digits="Product Unit",
        help="Asked from this quantity on, in the unit of the product.",
    )
    date = fields.Date(
        string="Seen On",
        required=True,
        default=fields.Date.context_today,
        help="Compared from this day on.",
    )
    date_to = fields.Date(
        string="Valid Until", help="Not compared after this day; empty: always."
    )
    source = fields.Char(help="Where it was seen: catalogue, offer, web page.")
    company_id = fields.Many2one(
        "res.company",
        index=True,
        default=lambda self: self.env.company,
        help="Only for this company; empty: for all.",
    )

    _price_positive = models.Constraint(
        "CHECK (price > 0)", "Price: give the competitor's price, more than 0."
    )
    _quantity_sane = models.Constraint(
        "CHECK (min_quantity >= 0)", "From Quantity: give 0 or more."
    )
    _dates_sane = models.Constraint(
        "CHECK (date_to IS NULL OR date <= date_to)",
        "Valid Until: choose a day that is not before “Seen On”.",
    )

    @api.depends("partner_id", "price", "currency_id")
    def _compute_display_name(self):
        for record in self:
            record.display_name = f"{record.partner_id.name}: " + (
                record.currency_id.format(record.price or 0.0)
            )

    @api.model
    def _search_valid(self, templates, company, day):
        """Return the prices for these products on that day, the lowest first.

        :param templates: product.template
        :param company: whose prices are meant
        :param date day: business day of the document
        """
        if not self._has_records():
            return self.browse()
        domain = Domain("product_tmpl_id", "in", templates.ids)
        domain &= Domain("company_id", "in", [False, company.id])
        domain &= Domain("date", "<=", day)
        domain &= Domain("date_to", "=", False) | Domain("date_to", ">=", day)
        return self.search_fetch(domain, TERMS)

    def _convert_for(self, line, day):
        """Return the price in the currency and unit of an order line."""
        self.ensure_one()
        order = line.order_id
        price = self.currency_id._convert(
            self.price, order.currency_id, order.company_id, day, round=False
        )
        unit = line.product_id.uom_id
        return unit._compute_price(price, line.product_uom_id)

    def _applies_to(self, line):
        self.ensure_one()
        unit = line.product_id.uom_id
        quantity = line.product_uom_id._compute_quantity(
            line.product_uom_qty, unit, round=False
        )
        return (
            self.product_id in (line.product_id, self.env["product.product"])
            and unit.compare(quantity, self.min_quantity) >= 0
        )
