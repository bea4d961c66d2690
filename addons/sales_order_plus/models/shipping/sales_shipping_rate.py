from datetime import timedelta

from odoo import api, fields, models


class SalesShippingRate(models.Model):
    """What a service asked for an equal parcel a moment ago."""

    _name = "sales.shipping.rate"
    _description = "Kept Shipping Rate"
    _order = "id desc"
    _rec_name = "carrier_id"

    carrier_id = fields.Many2one(
        "delivery.carrier",
        required=True,
        ondelete="cascade",
        help="Carrier that was asked.",
    )
    request_hash = fields.Char(required=True, help="Hash of what was asked.")
    price = fields.Float(digits=0, help="Price the service asked for.")
    currency_id = fields.Many2one("res.currency", required=True, help="Its currency.")
    transit_days = fields.Integer(help="Days to arrival; 0: unknown.")
    expires_on = fields.Datetime(required=True, help="Asked for again after that.")

    _request_idx = models.Index("(carrier_id, request_hash, expires_on)")

    @api.model
    def _get_valid(self, carrier, key):
        return self.search(
            [
                ("carrier_id", "=", carrier.id),
                ("request_hash", "=", key),
                ("expires_on", ">", fields.Datetime.now()),
            ],
            limit=1,
        )

    @api.model
    def _keep(self, carrier, key, rate):
        price, currency, days = rate
        kept = timedelta(minutes=carrier.http_cache_minutes)
        return self.create(
            {
                "carrier_id": carrier.id,
                "request_hash": key,
                "price": price,
                "currency_id": currency.id,
                "transit_days": days,
                "expires_on": fields.Datetime.now() + kept,
            }
        )

    @api.autovacuum
    def _gc_expired(self):
        self.search([("expires_on", "<", fields.Datetime.now())]).unlink()
