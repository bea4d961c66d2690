from odoo import api, fields, models

from ...exceptions import CarrierError

MAX_ATTEMPTS = 5


class StockPicking(models.Model):
    """Shipments of JSON carriers are ordered and cancelled after the commit."""

    _inherit = "stock.picking"

    http_shipment_state = fields.Selection(
        selection=[
            ("to_send", "Waiting to be ordered"),
            ("sent", "Ordered"),
            ("to_cancel", "Waiting to be cancelled"),
            ("cancelled", "Cancelled"),
            ("failed", "Failed"),
        ],
        string="Shipment",
        copy=False,
        readonly=True,
        index="btree_not_null",
        groups="base.group_user",
        help="Where the order to the carrier's service is.",
    )
    http_shipment_ref = fields.Char(
        string="Shipment Number",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Number the carrier's service gave to the shipment.",
    )
    http_tracking_url = fields.Char(
        string="Shipment Link",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Link to follow the parcel, from the carrier's service.",
    )
    http_attempts = fields.Integer(
        string="Attempts",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="How often the service was asked without success.",
    )

    def send_to_shipper(self):
        self.ensure_one()
        if self.carrier_id.delivery_type != "sales_http":
            return super().send_to_shipper()
        if self.http_shipment_state not in ("to_send", "sent"):
            self._queue_http("to_send")

    def action_retry_shipment(self):
        """Ask the carrier's service again after it failed."""
        for picking in self.filtered(lambda p: p.http_shipment_state == "failed"):
            done = bool(picking.http_shipment_ref)
            picking._queue_http("to_cancel" if done else "to_send")

    def _queue_http(self, state):
        self.write({"http_shipment_state": state, "http_attempts": 0})
        self.env.ref("sales_order_plus.ir_cron_http_shipments")._trigger()

    @api.model
    def _cron_http_shipments(self):
        """Order and cancel shipments, one transaction each."""
        waiting = self.search([("http_shipment_state", "in", ("to_send", "to_cancel"))])
        for picking in waiting:
            picking._run_http()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _run_http(self):
        """Do what is waiting; a failure is told to people after the last attempt."""
        self.ensure_one()
        cancelling = self.http_shipment_state == "to_cancel"
        try:
            if cancelling:
                self._cancel_http()
            else:
                self._send_http()
        except CarrierError as error:
            self.http_attempts += 1
            if self.http_attempts >= MAX_ATTEMPTS:
                self._fail_http(str(error))

    def _fail_http(self, message):
        self.http_shipment_state = "failed"
        self.activity_schedule(
            "mail.mail_activity_data_warning",
            note=message,
            user_id=self.user_id.id or self.env.ref("base.user_admin").id,
        )

    def _send_http(self):
        carrier, key = self.carrier_id, f"{self.env.cr.dbname}-{self.id}"
        payload = self._prepare_http_shipment_payload()
        answer = carrier._call_http("POST", "shipments", payload, key=key)
        number = answer.get("tracking_number")
        if not isinstance(number, str) or not number:
            raise carrier._get_contract_error("tracking_number")
        url = str(answer.get("tracking_url") or "")
        self.write(
            {
                "http_shipment_state": "sent",
                "http_shipment_ref": str(answer.get("shipment_id") or number),
                "carrier_tracking_ref": number,
                "http_tracking_url": url if url.startswith("https://") else False,
            }
        )
        if carrier._is_amount(answer.get("price")):
            self.carrier_price = carrier._apply_margins(answer["price"], self.sale_id)
            self._add_delivery_cost_to_so()

    def _prepare_http_shipment_payload(self):
        carrier, order = self.carrier_id, self.sale_id
        warehouse = self.picking_type_id.warehouse_id.partner_id
        return {
            "reference": self.name,
            "order": order.name or "",
            "from": carrier._prepare_http_address(warehouse),
            "to": {
                **carrier._prepare_http_address(self.partner_id),
                "name": self.partner_id.display_name or "",
                "street": self.partner_id.street or "",
                "street2": self.partner_id.street2 or "",
                "phone": self.partner_id.phone or "",
                "preference": self.delivery_preference or "",
                "instructions": self.delivery_instructions or "",
            },
            "weight": round(self.shipping_weight or self.weight, 3),
            "handling": self.handling_tag_ids.mapped("name"),
            "insured": order.insured,
            "value": order.declared_value,
            "currency": (order.currency_id or self.company_id.currency_id).name,
        }

    def _cancel_http(self):
        if self.http_shipment_ref:
            path = f"shipments/{self.http_shipment_ref}/cancel"
            self.carrier_id._call_http("POST", path, {})
        self.write({"http_shipment_state": "cancelled", "http_shipment_ref": False})
