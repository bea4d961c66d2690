from odoo import fields, models


class SalesPlanPriceTier(models.Model):
    """A step of a price table."""

    _name = "sales.plan.price.tier"
    _description = "Plan Price Step"
    _order = "price_id, up_to, id"

    price_id = fields.Many2one(
        "sales.plan.price",
        string="Table",
        required=True,
        index=True,
        ondelete="cascade",
        help="Price the step belongs to.",
    )
    up_to = fields.Float(
        digits="Product Unit",
        help="Last quantity of the step; 0 in the last step, which has no end.",
    )
    price = fields.Float(
        min_display_digits="Product Price", help="Price of a unit in the step."
    )
    fee = fields.Float(
        min_display_digits="Product Price", help="Added once the step is reached."
    )

    _check_values = models.Constraint(
        "CHECK(up_to >= 0 AND price >= 0 AND fee >= 0)",
        "Steps: none of the values may lie below zero.",
    )
