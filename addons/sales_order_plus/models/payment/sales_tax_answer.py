from datetime import timedelta

from odoo import api, fields, models


class SalesTaxAnswer(models.Model):
    """What a tax service said about equal lines and places a while ago."""

    _name = "sales.tax.answer"
    _description = "Kept Tax Answer"
    _order = "id desc"
    _rec_name = "provider_id"

    provider_id = fields.Many2one(
        "sales.tax.provider",
        required=True,
        ondelete="cascade",
        help="Provider that was asked.",
    )
    request_hash = fields.Char(required=True, help="Hash of what was asked.")
    lines = fields.Json(help="Taxes of each line, as the service gave them.")
    expires_on = fields.Datetime(required=True, help="Asked for again after that.")

    _request_idx = models.Index("(provider_id, request_hash, expires_on)")

    @api.model
    def _get_valid(self, provider, key):
        return self.search(
            [
                ("provider_id", "=", provider.id),
                ("request_hash", "=", key),
                ("expires_on", ">", fields.Datetime.now()),
            ],
            limit=1,
        )

    @api.model
    def _keep(self, provider, key, lines):
        kept = timedelta(hours=provider.cache_hours)
        return self.create(
            {
                "provider_id": provider.id,
                "request_hash": key,
                "lines": lines,
                "expires_on": fields.Datetime.now() + kept,
            }
        )

    @api.autovacuum
    def _gc_expired(self):
        self.search([("expires_on", "<", fields.Datetime.now())]).unlink()
