from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import rating


class SalesPlanPrice(models.Model):
    """What a product costs on a plan: one price, a table, or by packages."""

    _name = "sales.plan.price"
    _description = "Plan Price"
    _order = "plan_id, product_id, currency_id, id"
    _rec_name = "display_name"

    plan_id = fields.Many2one(
        "sales.subscription.plan",
        required=True,
        index=True,
        ondelete="cascade",
        help="Plan the price belongs to.",
    )
    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('recurring_ok', '=', True)]",
        help="What is priced.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="Holds for subscriptions in this currency.",
    )
    pricing = fields.Selection(
        selection=[
            ("per_unit", "Each unit"),
            ("flat", "Whatever the quantity"),
            ("graduated", "Each unit at the price of its step"),
            ("volume", "All units at the price of the step reached"),
            ("stairstep", "The fee of the step reached"),
            ("package", "Each begun package"),
        ],
        required=True,
        default="per_unit",
        help="How the price of a quantity is reckoned.",
    )
    price = fields.Float(
        min_display_digits="Product Price",
        help="Price of a unit, a package, or of any quantity.",
    )
    package_size = fields.Float(
        digits="Product Unit", default=1.0, help="Units of a package."
    )
    tier_ids = fields.One2many(
        "sales.plan.price.tier",
        "price_id",
        string="Steps",
        copy=True,
        help="Prices by quantity.",
    )
    included_qty = fields.Float(
        string="Included",
        digits="Product Unit",
        help="Units used that are free each period.",
    )
    minimum_amount = fields.Float(
        string="At Least",
        min_display_digits="Product Price",
        help="Billed each period even where less is used.",
    )
    intro_discount = fields.Float(
        string="Introductory Discount (%)",
        digits="Discount",
        help="Taken off in the first periods.",
    )
    intro_periods = fields.Integer(
        string="For Periods", help="Number of first periods with the discount."
    )

    _product_uniq = models.UniqueIndex(
        "(plan_id, product_id, currency_id)",
        "The plan has a price of this product in this currency already.",
    )
    _check_values = models.Constraint(
        "CHECK(package_size > 0 AND included_qty >= 0 AND minimum_amount >= 0 AND "
        "intro_discount BETWEEN 0 AND 100 AND intro_periods >= 0)",
        "Package: give more than zero. Included, At Least, For Periods: none below zero. "
        "Introductory Discount: give 0 to 100.",
    )

    @api.depends("plan_id", "product_id", "currency_id")
    def _compute_display_name(self):
        for price in self:
            price.display_name = (
                f"{price.plan_id.name}: {price.product_id.display_name} "
                f"({price.currency_id.name})"
            )

    @api.constrains("pricing", "tier_ids")
    def _check_tiers(self):
        for price in self:
            if price.pricing not in ("graduated", "volume", "stairstep"):
                continue
            ends = price._get_sorted_tiers().mapped("up_to")
            if not ends or ends[-1] or len(set(ends)) != len(ends):
                raise ValidationError(
                    self.env._(
                        "Steps of %(price)s: give each another end, and one without "
                        "an end (0) for all above.",
                        price=price.display_name,
                    )
                )

    def _get_sorted_tiers(self):
        """Return the steps from the lowest; the one without an end comes last."""
        return self.tier_ids.sorted(lambda tier: (not tier.up_to, tier.up_to))

    def _rate(self, quantity):
        """Return what ``quantity`` costs a period, not rounded, as a float."""
        self.ensure_one()
        tiers = [
            (tier.up_to or None, tier.price, tier.fee)
            for tier in self._get_sorted_tiers()
        ]
        return float(
            rating.rate(self.pricing, quantity, self.price, tiers, self.package_size)
        )

    def _rate_usage(self, used):
        """Return (units to pay, amount) of what was used in a period."""
        self.ensure_one()
        to_pay = max(used - self.included_qty, 0.0)
        return to_pay, max(self._rate(to_pay), self.minimum_amount)

    @api.model
    def _find(self, plan, product, currency):
        """Return the price of a product on a plan in a currency, or none."""
        return self.search(
            [
                ("plan_id", "=", plan.id),
                ("product_id", "=", product.id),
                ("currency_id", "=", currency.id),
            ],
            limit=1,
        )
