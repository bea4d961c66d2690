from datetime import datetime, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...exceptions import CarrierError, DeliveryError


class SalesOrderApi(models.AbstractModel):
    """Carriers and deliveries of an order, for integrators and drivers' apps."""

    _inherit = "sales.order.api"

    @api.model
    def compare_rates(self, *, name: str):
        """Ask all carriers of an order for their price.

        :param str name: number of the order
        :return: list of dicts with ``carrier``, ``success``, ``price`` (in the currency
            of the order), ``days`` (0: unknown), ``arrival`` (date or empty),
            ``reason``, ``message`` and ``suggested``; the suggested one first
        """
        order = self._get_order_by_name(name)
        return [
            {
                "carrier": quote["carrier"].name,
                "success": quote["success"],
                "price": quote["price"],
                "days": quote["days"],
                "arrival": str(quote["arrival"] or ""),
                "reason": quote["reason"],
                "message": quote["message"],
                "suggested": quote["suggested"],
            }
            for quote in order._get_carrier_quotes()
        ]

    @api.model
    def choose_carrier(self, *, name: str, carrier: str, reason: str = ""):
        """Put a carrier and his price of now on an order.

        :param str name: number of the order
        :param str carrier: name of the carrier, as :meth:`compare_rates` gives it
        :param str reason: why he was chosen
        :return: the order as :meth:`get_order` gives it
        :raise CarrierError: if he does not ship the order or gives no rate
        """
        order = self._get_order_by_name(name)
        order.check_access("write")
        found = order._get_available_carriers().filtered(lambda c: c.name == carrier)
        if len(found) != 1:
            raise CarrierError(
                self.env._(
                    "carrier: no carrier “%(name)s” ships this order. Use a name "
                    "compare_rates gives.",
                    name=carrier,
                ),
                field="carrier",
            )
        quote = found._get_order_quote(order)
        if not quote["success"]:
            raise CarrierError(quote["message"], carrier=carrier)
        order._choose_carrier(found, quote["price"], reason)
        return self._prepare_order_data(order)

    @api.model
    def record_delivery_proof(
        self,
        *,
        picking: str,
        signed_by: str = "",
        signature: str = "",
        photos: list | None = None,
        latitude: float | None = None,
        longitude: float | None = None,
        confirmed_on: str = "",
        external_id: str = "",
        note: str = "",
    ):
        """Record that a delivery arrived; the same ``external_id`` is recorded once.

        :param str picking: number of the delivery
        :param str signed_by: who took the goods
        :param str signature: image as base64
        :param list photos: images as base64, at most 10
        :param float latitude: degrees, with ``longitude``
        :param str confirmed_on: date and time, UTC or with offset; empty: now
        :param str external_id: number of the driver's app
        :return: dict with ``id`` and ``created`` (false: it was known already)
        :raise DeliveryError: names the argument that is wrong
        """
        if (latitude is None) != (longitude is None):
            raise DeliveryError(
                self.env._("latitude, longitude: give both or none."), field="latitude"
            )
        vals = {
            "method": "driver",
            "signed_by": signed_by or False,
            "signature": signature or False,
            "has_position": latitude is not None,
            "latitude": latitude or 0.0,
            "longitude": longitude or 0.0,
            "confirmed_on": self._read_proof_time(confirmed_on),
            "external_id": external_id or False,
            "note": note or False,
        }
        proofs = self.env["sales.delivery.proof"]
        delivery = self._get_picking_by_name(picking)
        proof, created = proofs._record(delivery, vals, photos or [])
        return {"id": proof.id, "created": created}

    @api.model
    def record_tracking_events(self, *, picking: str, events: list):
        """Record what a carrier says about a delivery; known events are kept once.

        :param str picking: number of the delivery
        :param list events: dicts with ``status`` (info, in_transit, out_for_delivery,
            delivered, exception), ``description``, ``occurred_on`` (UTC or with
            offset) and, if there are, ``place`` and ``id``
        :return: dict with ``created``, the number of new events
        :raise DeliveryError: names the event and the key that is wrong
        """
        delivery = self._get_picking_by_name(picking)
        created = self.env["sales.tracking.event"]._record(delivery, events)
        return {"created": len(created)}

    @api.model
    def _read_proof_time(self, text):
        if not text:
            return fields.Datetime.now()
        try:
            moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
        except ValueError:
            raise DeliveryError(
                self.env._("confirmed_on: write 2026-01-31T14:05:00Z."),
                field="confirmed_on",
            ) from None
        if moment.tzinfo:
            moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
        return moment.replace(microsecond=0)

    @api.model
    def _get_picking_by_name(self, name):
        picking = self.env["stock.picking"].search([("name", "=", name)], limit=2)
        if len(picking) != 1:
            raise UserError(
                self.env._(
                    "picking: %(count)s deliveries have the number “%(name)s”. "
                    "Give the number of one that you may read.",
                    count=len(picking),
                    name=name,
                )
            )
        return picking
