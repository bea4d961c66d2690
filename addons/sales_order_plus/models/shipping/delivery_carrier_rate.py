from odoo import fields, models
from odoo.exceptions import UserError


class DeliveryCarrier(models.Model):
    """How long a carrier takes, and what insuring with him costs."""

    _inherit = "delivery.carrier"

    transit_days = fields.Integer(
        help="Days from dispatch to arrival, when the carrier does not say; 0: "
        "unknown.",
    )
    insurance_rate = fields.Float(
        string="Insurance Rate (%)",
        digits=(16, 4),
        help="Fee in percent of the declared value of insured orders.",
    )

    _transit_days_positive = models.Constraint(
        "CHECK (transit_days >= 0)", "Transit Days: enter 0 or more days."
    )
    _insurance_rate_range = models.Constraint(
        "CHECK (insurance_rate BETWEEN 0 AND 100)",
        "Insurance Rate: enter 0 to 100 percent.",
    )

    def _get_order_quote(self, order):
        """Return what shipping ``order`` costs with one carrier.

        :return: dict with ``success``, ``price`` (to the customer, in the currency of
            the order), ``cost``, ``days`` (0: unknown) and ``message``
        """
        self.ensure_one()
        try:
            rate = self.rate_shipment(order)
        except UserError as error:
            # A carrier without a rate must not hide the others.
            rate = {"success": False, "error_message": str(error)}
        if not rate.get("success"):
            message = rate.get("error_message") or self.env._("No rate")
            return {
                "success": False,
                "price": 0.0,
                "cost": 0.0,
                "days": 0,
                "message": message,
            }
        return {
            "success": True,
            "price": order.currency_id.round(rate["price"]),
            "cost": order.currency_id.round(rate.get("carrier_price") or 0.0),
            "days": rate.get("transit_days") or self.transit_days,
            "message": rate.get("warning_message") or "",
        }
