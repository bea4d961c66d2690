import hashlib
import json
import math

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...exceptions import CarrierError, ServiceUnavailableError
from ..seam.service import call_service, read_json


class DeliveryCarrier(models.Model):
    """Carriers behind a small JSON service; docs/carriers.md has the contract.

    Rates are asked for when a user asks for them. Shipments are ordered by a cron
    after the transfer was committed: a rolled back transfer orders nothing.
    """

    _inherit = "delivery.carrier"

    delivery_type = fields.Selection(
        selection_add=[("sales_http", "JSON service")],
        ondelete={"sales_http": lambda carriers: carriers._become_fixed()},
    )
    http_url = fields.Char(
        string="Service Address",
        groups="base.group_system",
        help="Address of the service; /rates and /shipments are called below it.",
    )
    http_token = fields.Char(
        string="Service Token",
        copy=False,
        groups="base.group_system",
        help="Sent as bearer token.",
    )
    http_timeout = fields.Integer(
        string="Timeout (seconds)",
        default=5,
        help="How long the user waits for a rate.",
    )
    http_cache_minutes = fields.Integer(
        string="Keep Rates (minutes)",
        default=30,
        help="An equal parcel to the same place is not asked for again; 0: always ask.",
    )

    _http_timeout_range = models.Constraint(
        "CHECK (http_timeout IS NULL OR http_timeout BETWEEN 1 AND 60)",
        "Timeout: enter 1 to 60 seconds.",
    )

    def _become_fixed(self):
        self.write({"delivery_type": "fixed"})

    @api.constrains("delivery_type", "http_url")
    def _check_http_url(self):
        for carrier in self.sudo().filtered(lambda c: c.delivery_type == "sales_http"):
            if not (carrier.http_url or "").startswith(("http://", "https://")):
                raise ValidationError(
                    self.env._(
                        "Service Address: enter the address of the service of "
                        "%(carrier)s, beginning with https://.",
                        carrier=carrier.name,
                    )
                )

    # === Called by delivery === #

    def sales_http_rate_shipment(self, order):
        """Return the rate as delivery expects it; a failure is no exception there."""
        self.ensure_one()
        try:
            rate = self._get_http_rate(order)
        except CarrierError as error:
            return {
                "success": False,
                "price": 0.0,
                "error_message": str(error),
                "warning_message": False,
            }
        price = rate.currency_id._convert(
            rate.price,
            order.currency_id,
            order.company_id,
            fields.Date.context_today(order),
        )
        return {
            "success": True,
            "price": price,
            "transit_days": rate.transit_days,
            "error_message": False,
            "warning_message": False,
        }

    def sales_http_get_tracking_link(self, picking):
        """Return the link the service gave, or the one of the carrier's pattern."""
        if picking.http_tracking_url:
            return picking.http_tracking_url
        return self.fixed_get_tracking_link(picking)

    def sales_http_cancel_shipment(self, pickings):
        """Let the cron cancel what was ordered, after the commit."""
        pickings._queue_http("to_cancel")

    # === Rates === #

    def _get_http_rate(self, order):
        """Return the rate of the service, or the same answer from a while ago."""
        self.ensure_one()
        payload = self._prepare_http_rate_payload(order)
        rates = self.env["sales.shipping.rate"].sudo()
        key = self._get_http_key(payload)
        rate = rates._get_valid(self, key)
        if rate:
            return rate
        answer = self._call_http("POST", "rates", payload)
        return rates._keep(self, key, self._read_http_rate(answer))

    def _get_http_key(self, payload):
        content = json.dumps([self.sudo().http_url, payload], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    def _prepare_http_rate_payload(self, order):
        warehouse = order.warehouse_id.partner_id or order.company_id.partner_id
        weight = self.env.context.get("order_weight") or order._get_estimated_weight()
        return {
            "from": self._prepare_http_address(warehouse),
            "to": self._prepare_http_address(order.partner_shipping_id),
            "weight": round(weight, 3),
            "weight_unit": self.weight_uom_name,
            "value": order.currency_id.round(order.declared_value),
            "insured": order.insured,
            "currency": order.currency_id.name,
        }

    @api.model
    def _prepare_http_address(self, partner):
        return {
            "country": partner.country_id.code or "",
            "state": partner.state_id.code or "",
            "zip": partner.zip or "",
            "city": partner.city or "",
            "kind": partner.address_kind or "",
        }

    def _read_http_rate(self, answer):
        """Return (price, currency, days) of an answer; refuse what is not agreed."""
        price, days = answer.get("price"), answer.get("transit_days") or 0
        if not self._is_amount(price):
            raise self._get_contract_error("price")
        if not isinstance(days, int) or isinstance(days, bool) or days < 0:
            raise self._get_contract_error("transit_days")
        name = answer.get("currency")
        currency = self.env["res.currency"].search([("name", "=", name)], limit=1)
        if not currency:
            raise self._get_contract_error("currency")
        return float(price), currency, days

    @api.model
    def _is_amount(self, value):
        return (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and math.isfinite(value)
            and value >= 0
        )

    # === The wire === #

    def _call_http(self, method, path, payload=None, key=None):
        """Return the JSON object the service answers with.

        :raise CarrierError: names the carrier and what went wrong
        """
        self.ensure_one()
        carrier = self.sudo()
        try:
            response = call_service(
                self.env,
                method,
                f"{carrier.http_url.rstrip('/')}/{path}",
                json=payload,
                token=carrier.http_token or "",
                headers={"Idempotency-Key": key} if key else None,
                timeout=carrier.http_timeout or 5,
            )
        except ServiceUnavailableError as error:
            raise self._get_http_error(error) from None
        return self._read_http_answer(response)

    def _read_http_answer(self, response):
        answer = read_json(response)
        if response.status_code >= 300:
            detail = answer.get("error") if isinstance(answer, dict) else None
            text = self.env._("it answered %(status)s", status=response.status_code)
            raise self._get_http_error(f"{text}: {detail}" if detail else text)
        if not isinstance(answer, dict):
            raise self._get_http_error(self.env._("the answer is no JSON object"))
        return answer

    def _get_contract_error(self, field):
        return self._get_http_error(
            self.env._("“%(field)s” of its answer is missing or wrong", field=field)
        )

    def _get_http_error(self, problem):
        return CarrierError(
            self.env._(
                "%(carrier)s: no rate, %(problem)s. Choose another carrier or try "
                "again later.",
                carrier=self.name,
                problem=problem,
            ),
            carrier=self.name,
        )
