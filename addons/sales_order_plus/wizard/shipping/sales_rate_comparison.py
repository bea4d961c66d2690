from odoo import api, fields, models


class SalesRateComparison(models.TransientModel):
    """What each carrier asks for an order, side by side."""

    _name = "sales.rate.comparison"
    _description = "Comparison of Rates"

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, help="The order to be shipped."
    )
    currency_id = fields.Many2one(related="order_id.currency_id")
    line_ids = fields.One2many(
        "sales.rate.comparison.line",
        "comparison_id",
        readonly=True,
        help="One line for each carrier that ships this order.",
    )

    @api.model
    def _compare(self, order):
        """Return the comparison of the rates of all carriers of ``order``."""
        order.check_access("write")
        return self.create(
            {
                "order_id": order.id,
                "line_ids": [
                    fields.Command.create(self._prepare_line_vals(quote))
                    for quote in order._get_carrier_quotes()
                ],
            }
        )

    @api.model
    def _prepare_line_vals(self, quote):
        return {
            "carrier_id": quote["carrier"].id,
            "available": quote["success"],
            "price": quote["price"],
            "cost": quote["cost"],
            "days": quote["days"],
            "arrival": quote["arrival"],
            "reason": quote["reason"] if quote["success"] else self.env._("no rate"),
            "message": quote["message"],
            "suggested": quote["suggested"],
        }


class SalesRateComparisonLine(models.TransientModel):
    """What one carrier asks."""

    _name = "sales.rate.comparison.line"
    _description = "Compared Rate"
    _order = "id"

    comparison_id = fields.Many2one(
        "sales.rate.comparison",
        required=True,
        ondelete="cascade",
        help="The comparison it belongs to.",
    )
    currency_id = fields.Many2one(related="comparison_id.currency_id")
    carrier_id = fields.Many2one(
        "delivery.carrier", readonly=True, help="Who would ship it."
    )
    available = fields.Boolean(readonly=True, help="Whether he gave a rate.")
    price = fields.Monetary(readonly=True, help="What the customer pays.")
    cost = fields.Monetary(
        readonly=True, help="Price before free shipping is taken into account."
    )
    days = fields.Integer(readonly=True, help="Days to arrival; 0: unknown.")
    arrival = fields.Date(
        readonly=True, help="Day of arrival if it left the warehouse today."
    )
    reason = fields.Char(readonly=True, help="What is good about it.")
    message = fields.Char(readonly=True, help="What the carrier says.")
    suggested = fields.Boolean(readonly=True, help="The one we would take.")

    def action_choose(self):
        """Put this carrier and his price on the order.

        :return: action that closes the dialog
        """
        self.ensure_one()
        order = self.comparison_id.order_id
        order._choose_carrier(self.carrier_id, self.price, self.reason or "")
        return {"type": "ir.actions.act_window_close"}
