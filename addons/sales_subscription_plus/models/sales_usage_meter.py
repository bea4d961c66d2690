from odoo import fields, models


class SalesUsageMeter(models.Model):
    """What counts usage: calls, kilometres, users."""

    _name = "sales.usage.meter"
    _description = "Usage Meter"
    _order = "name, id"

    name = fields.Char(required=True, translate=True, help="What is counted.")
    code = fields.Char(required=True, help="How programs name it.")
    active = fields.Boolean(default=True, help="Archived meters are not offered.")
    company_id = fields.Many2one("res.company", help="Empty: all companies.")
    product_id = fields.Many2one(
        "product.product",
        index="btree_not_null",
        domain="[('recurring_ok', '=', True)]",
        help="Lines of this product are counted by it.",
    )
    aggregation = fields.Selection(
        selection=[
            ("sum", "Sum of the quantities"),
            ("max", "Highest quantity"),
            ("last", "Last quantity"),
            ("unique", "Number of different users"),
        ],
        required=True,
        default="sum",
        help="How the quantity of a period comes from its events.",
    )
    event_ids = fields.One2many(
        "sales.usage.event", "meter_id", help="What was reported."
    )

    _code_uniq = models.UniqueIndex(
        "(code)", "There is a meter with this code already."
    )

    def _aggregate(self, events):
        """Return the quantity that ``events`` of one period make."""
        self.ensure_one()
        quantities = events.mapped("quantity")
        if not quantities:
            return 0.0
        if self.aggregation == "max":
            return max(quantities)
        if self.aggregation == "last":
            return events.sorted(lambda event: (event.occurred_at, event.id))[
                -1
            ].quantity
        if self.aggregation == "unique":
            return float(len(set(events.mapped("subject"))))
        return sum(quantities)
