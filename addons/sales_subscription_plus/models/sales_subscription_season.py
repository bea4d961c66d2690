from odoo import fields, models

from odoo.addons.sales_order_plus.models.seam.moments import MONTHS


class SalesSubscriptionSeason(models.Model):
    """More, less, dearer or nothing in some months of the year."""

    _name = "sales.subscription.season"
    _description = "Subscription Season"
    _order = "plan_id, month_from, id"

    plan_id = fields.Many2one(
        "sales.subscription.plan",
        required=True,
        index=True,
        ondelete="cascade",
        help="Plan whose periods it changes.",
    )
    product_id = fields.Many2one(
        "product.product",
        index="btree_not_null",
        ondelete="cascade",
        help="Only lines of this product; empty: all lines.",
    )
    month_from = fields.Selection(
        selection=MONTHS,
        required=True,
        default="1",
        help="First month: periods that begin in it are changed.",
    )
    month_to = fields.Selection(
        selection=MONTHS,
        required=True,
        default="1",
        help="Last month; before the first one, the season goes over New Year.",
    )
    quantity_factor = fields.Float(
        default=1.0, help="2 doubles the quantity, 0.5 halves it."
    )
    price_factor = fields.Float(default=1.0, help="1.1 makes it ten percent dearer.")
    skip = fields.Boolean(help="Nothing is ordered or billed.")

    _check_factors = models.Constraint(
        "CHECK(quantity_factor > 0 AND price_factor >= 0)",
        "Quantity: give a factor above zero, or tick Skip. Price: none below zero.",
    )

    def _find(self, product, day):
        """Return the season of ``product`` in a period that begins on ``day``."""
        own = self.filtered(
            lambda season: season._is_in(day) and season.product_id == product
        )
        general = self.filtered(
            lambda season: season._is_in(day) and not season.product_id
        )
        return (own or general)[:1]

    def _is_in(self, day):
        first, last = int(self.month_from), int(self.month_to)
        if first <= last:
            return first <= day.month <= last
        return day.month >= first or day.month <= last
