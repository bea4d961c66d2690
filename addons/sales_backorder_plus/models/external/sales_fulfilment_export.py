from odoo import api, models

# What is told of a transfer, by the code of its type.
ORDERS = {"outgoing": "ship", "incoming": "receive"}


class SalesFulfilmentProvider(models.Model):
    """Telling a provider the open demand: what to ship, what will come, what not."""

    _inherit = "sales.fulfilment.provider"

    @api.model
    def _cron_exchange(self):
        """Write messages about what changed, commit, then hand over what waits."""
        for provider in self.search([("active", "=", True)]):
            provider._export()
        self.env["sales.fulfilment.message"]._cron_hand_over()

    def _export(self):
        """Write a message for each transfer that is not as it was told last."""
        self.ensure_one()
        told = self._get_last_messages()
        pickings = self._get_open_pickings()
        vals_list = []
        for picking in pickings:
            kind = ORDERS[picking.picking_type_id.code]
            payload = self._prepare_order(picking, kind)
            last = told.pop(picking, self.env["sales.fulfilment.message"])
            if last.kind != kind or last.payload != payload:
                vals_list.append(self._prepare_message(picking, kind, payload))
        for picking, last in told.items():
            # Told, and not open any more: taken back unless it is done.
            if last.kind != "cancel" and picking.state != "done":
                payload = {"version": 1, "type": "cancel", "shipment": picking.name}
                vals_list.append(self._prepare_message(picking, "cancel", payload))
        return self.env["sales.fulfilment.message"].create(vals_list)

    def _get_open_pickings(self):
        """Return what can be shipped or received now."""
        return self.env["stock.picking"].search(
            [
                ("picking_type_id.warehouse_id", "=", self.warehouse_id.id),
                ("picking_type_id.code", "in", list(ORDERS)),
                ("state", "=", "assigned"),
            ],
            order="id",
        )

    def _get_last_messages(self):
        """Return {transfer: what was told of it last}, of what is not done."""
        messages = self.env["sales.fulfilment.message"].search(
            [
                ("provider_id", "=", self.id),
                ("direction", "=", "out"),
                ("picking_id.state", "!=", "done"),
                ("picking_id", "!=", False),
            ],
            order="id",
        )
        return {
            picking: found[-1:]
            for picking, found in messages.grouped("picking_id").items()
        }

    def _prepare_message(self, picking, kind, payload):
        """Return the values of a message; its key is counted for each transfer."""
        count = self.env["sales.fulfilment.message"].search_count(
            [
                ("provider_id", "=", self.id),
                ("direction", "=", "out"),
                ("picking_id", "=", picking.id),
            ]
        )
        return {
            "provider_id": self.id,
            "direction": "out",
            "kind": kind,
            "picking_id": picking.id,
            "key": f"{picking.name}#{count + 1}",
            "payload": payload,
        }

    @api.model
    def _prepare_order(self, picking, kind):
        return {
            "version": 1,
            "type": kind,
            "shipment": picking.name,
            "order": picking.sale_id.name or picking.origin or "",
            "scheduled_on": picking.scheduled_date.isoformat() + "Z",
            "address": self._prepare_address(picking.partner_id),
            "lines": [
                self._prepare_order_line(move, kind)
                for move in picking.move_ids
                if self._get_orderable(move, kind)
            ],
        }

    @api.model
    def _get_orderable(self, move, kind):
        """Shipped can be what is reserved; received what is expected."""
        if move.state in ("done", "cancel"):
            return 0.0
        return move.quantity if kind == "ship" else move.product_uom_qty

    @api.model
    def _prepare_order_line(self, move, kind):
        product = move.product_id
        return {
            "line": move.id,
            "product": product.default_code or "",
            "barcode": product.barcode or "",
            "name": product.name,
            "quantity": self._get_orderable(move, kind),
            "unit": move.product_uom.name,
        }

    @api.model
    def _prepare_address(self, partner):
        return {
            "name": partner.display_name or "",
            "street": partner.street or "",
            "street2": partner.street2 or "",
            "zip": partner.zip or "",
            "city": partner.city or "",
            "state": partner.state_id.code or "",
            "country": partner.country_id.code or "",
            "phone": partner.phone or "",
        }
