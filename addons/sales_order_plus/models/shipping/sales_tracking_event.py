import logging
from datetime import datetime, timezone

from odoo import api, fields, models

from ...exceptions import DeliveryError, SalesError

_logger = logging.getLogger(__name__)


class SalesTrackingEvent(models.Model):
    """What a carrier says about a parcel on its way."""

    _name = "sales.tracking.event"
    _description = "Tracking Event"
    _order = "occurred_on desc, id desc"
    _rec_name = "description"

    picking_id = fields.Many2one(
        "stock.picking",
        string="Delivery",
        required=True,
        index=True,
        ondelete="cascade",
        help="The delivery the parcel belongs to.",
    )
    order_id = fields.Many2one(
        related="picking_id.sale_id", store=True, index="btree_not_null"
    )
    company_id = fields.Many2one(related="picking_id.company_id", store=True)
    status = fields.Selection(
        selection=[
            ("info", "Announced"),
            ("in_transit", "On its way"),
            ("out_for_delivery", "Out for delivery"),
            ("delivered", "Delivered"),
            ("exception", "Problem"),
        ],
        required=True,
        default="in_transit",
        help="What the event means.",
    )
    description = fields.Char(required=True, help="The carrier's own words.")
    place = fields.Char(help="Where it happened.")
    occurred_on = fields.Datetime(required=True, help="When it happened.")
    external_id = fields.Char(help="Number of the carrier; the same is kept once.")

    _external_uniq = models.UniqueIndex(
        "(picking_id, external_id) WHERE external_id IS NOT NULL",
        "External Number: this event is recorded already.",
    )

    @api.model
    def _record(self, picking, events):
        """Add the events that are not known yet.

        :param list events: dicts with ``status``, ``description``, ``occurred_on`` and,
            if there are, ``place`` and ``id``
        :return: the new events
        :raise DeliveryError: names the event and the key that is wrong
        """
        vals_list = [
            self._prepare_event_vals(picking, number, event)
            for number, event in enumerate(events)
        ]
        known = {event._get_event_key() for event in picking.tracking_event_ids}
        fresh = {}
        for vals in vals_list:
            key = vals["external_id"] or (vals["occurred_on"], vals["description"])
            if key not in known:
                fresh[key] = vals
        return self.create(list(fresh.values()))

    def _get_event_key(self):
        self.ensure_one()
        return self.external_id or (self.occurred_on, self.description)

    @api.model
    def _prepare_event_vals(self, picking, number, event):
        if not isinstance(event, dict):
            raise self._get_event_error(number, "", self.env._("give an object"))
        status = event.get("status") or "in_transit"
        if status not in dict(self._fields["status"].selection):
            raise self._get_event_error(number, "status", self.env._("is unknown"))
        description = event.get("description")
        if not isinstance(description, str) or not description.strip():
            raise self._get_event_error(number, "description", self.env._("is missing"))
        return {
            "picking_id": picking.id,
            "status": status,
            "description": description.strip()[:500],
            "place": str(event.get("place") or "")[:200] or False,
            "occurred_on": self._read_event_time(number, event.get("occurred_on")),
            "external_id": str(event.get("id") or "") or False,
        }

    @api.model
    def _read_event_time(self, number, text):
        try:
            moment = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
        except ValueError:
            raise self._get_event_error(
                number, "occurred_on", self.env._("write 2026-01-31T14:05:00Z")
            ) from None
        if moment.tzinfo:
            moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
        return moment.replace(microsecond=0)

    @api.model
    def _get_event_error(self, number, key, problem):
        field = f"events[{number}].{key}".rstrip(".")
        return DeliveryError(f"{field}: {problem}", field=field)


class StockPicking(models.Model):
    _inherit = "stock.picking"

    tracking_event_ids = fields.One2many(
        "sales.tracking.event",
        "picking_id",
        string="Tracking",
        groups="base.group_user",
        help="What the carrier said about the parcel, the newest first.",
    )

    @api.model
    def _cron_poll_tracking(self):
        """Ask JSON carriers where the parcels are that have not arrived."""
        pickings = self.search(
            [
                ("http_shipment_state", "=", "sent"),
                ("tracking_event_ids", "not any", [("status", "=", "delivered")]),
            ]
        )
        for picking in pickings:
            picking._poll_tracking()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _poll_tracking(self):
        self.ensure_one()
        path = f"shipments/{self.http_shipment_ref}/events"
        events = self.env["sales.tracking.event"]
        try:
            answer = self.carrier_id._call_http("GET", path)
            with self.env.cr.savepoint():
                events._record(self, answer.get("events") or [])
        except SalesError as error:
            # Asked again by the next run; a parcel is no reason to stop the others.
            _logger.info("%s: %s", self.name, error)
