from psycopg2.errors import UniqueViolation

from odoo import api, models
from odoo.exceptions import ConcurrencyError, UserError

from odoo.addons.sales_order_plus.models.seam.hashing import get_hash

from ...exceptions import ExchangeError

# Which transfers a message of a type is about.
CODES = {"shipped": "outgoing", "received": "incoming"}
MAX_LINES = 1000


class SalesFulfilmentProvider(models.Model):
    """Taking what a provider tells: what left, what arrived; each key only once."""

    _inherit = "sales.fulfilment.provider"

    def _take(self, data):
        """Carry out one message.

        :param dict data: the message, see docs/3pl.md
        :return: (message, whether it was carried out just now)
        :raise ExchangeError: if it is no message at all, or its key was used otherwise
        """
        self.ensure_one()
        key, kind = self._check_envelope(data)
        message = self.message_ids.search(
            [("provider_id", "=", self.id), ("direction", "=", "in"), ("key", "=", key)]
        )
        if message.state == "done":
            if get_hash(message.payload) != get_hash(data):
                raise ExchangeError(
                    self.env._(
                        "key: “%(key)s” was used for another message. Give each message "
                        "a key of its own.",
                        key=key,
                    ),
                    field="key",
                    rule="key_reused",
                )
            return message, False
        if message:
            message.write({"payload": data, "kind": kind})
        else:
            message = self._create_incoming(key, kind, data)
        self._carry_out_or_park(message)
        return message, True

    def _create_incoming(self, key, kind, data):
        vals = {
            "provider_id": self.id,
            "direction": "in",
            "key": key,
            "kind": kind,
            "payload": data,
        }
        try:
            return self.env["sales.fulfilment.message"].create(vals)
        except UniqueViolation as error:
            # Told twice at once: Odoo runs this again, and finds the first one.
            raise ConcurrencyError(str(error)) from error

    @api.model
    def _check_envelope(self, data):
        """Return (key, type) of a message that can be kept."""
        data = data if isinstance(data, dict) else {}
        for name in ("key", "type", "shipment"):
            value = data.get(name)
            if not isinstance(value, str) or not 0 < len(value) <= 200:
                raise ExchangeError(
                    self.env._("%(field)s: give a text.", field=name), field=name
                )
        if data["type"] not in CODES:
            raise ExchangeError(
                self.env._("type: give one of %s.", ", ".join(CODES)), field="type"
            )
        return data["key"], data["type"]

    def _carry_out_or_park(self, message):
        """Do what the message says; what cannot be done waits for somebody."""
        try:
            with self.env.cr.savepoint():
                picking = self._carry_out(message.payload)
        except UserError as error:
            message.write({"state": "failed", "error": str(error)})
        else:
            message.picking_id = picking
            message._write_handled("done")

    def _carry_out(self, data):
        picking = self._find_picking(data["shipment"], CODES[data["type"]])
        quantities = self._read_lines(picking, data.get("lines"))
        for move in picking.move_ids:
            if move in quantities:
                move.write({"quantity": quantities[move], "picked": True})
            elif move.picked:
                move.picked = False
        tracking = data.get("tracking")
        if isinstance(tracking, str) and tracking:
            picking.carrier_tracking_ref = tracking[:200]
        # What is left out becomes a transfer of its own, without asking anybody.
        picking.with_context(skip_backorder=True).button_validate()
        if picking.state != "done":
            raise ExchangeError(
                self.env._(
                    "%(shipment)s: it needs an answer that only people can give. "
                    "Validate it by hand.",
                    shipment=picking.name,
                ),
                rule="question",
            )
        return picking

    def _find_picking(self, name, code):
        # Not as superuser: messages are carried out with the rights of one user.
        user = self.sudo().user_id
        company = self.company_id
        pickings = self.env["stock.picking"].with_user(user).with_company(company)
        picking = pickings.search(
            [
                ("name", "=", name),
                ("picking_type_id.warehouse_id", "=", self.warehouse_id.id),
                ("picking_type_id.code", "=", code),
            ]
        )
        if len(picking) != 1:
            raise ExchangeError(
                self.env._("shipment: “%(name)s” is unknown here.", name=name),
                field="shipment",
            )
        if picking.state in ("done", "cancel"):
            raise ExchangeError(
                self.env._(
                    "shipment: %(name)s is done or cancelled already.", name=name
                ),
                field="shipment",
            )
        return picking

    def _read_lines(self, picking, rows):
        """Return {move: quantity}, in the units the transfer was told in."""
        if not isinstance(rows, list) or not 0 < len(rows) <= MAX_LINES:
            raise ExchangeError(
                self.env._("lines: give a list of 1 to %s lines.", MAX_LINES),
                field="lines",
            )
        found = {}
        for row in rows:
            row = row if isinstance(row, dict) else {}
            move = self._find_move(picking, row)
            found[move] = found.get(move, 0.0) + self._read_quantity(row)
        for move, quantity in found.items():
            if move.product_uom.compare(quantity, move.product_uom_qty) > 0:
                raise ExchangeError(
                    self.env._(
                        "quantity: %(quantity)s of %(product)s are more than the "
                        "%(demand)s of the transfer. Correct the order, then try again.",
                        quantity=quantity,
                        product=move.product_id.display_name,
                        demand=move.product_uom_qty,
                    ),
                    field="quantity",
                )
        return found

    def _find_move(self, picking, row):
        """Return the move of a line: by its number, or by the product."""
        moves = picking.move_ids.filtered(lambda m: m.state not in ("done", "cancel"))
        if row.get("line"):
            found = moves.filtered(lambda move: move.id == row["line"])
        else:
            found = moves.filtered(
                lambda m: (
                    row.get("product") and m.product_id.default_code == row["product"]
                )
            )
        if len(found) != 1:
            raise ExchangeError(
                self.env._(
                    "line, product: %(count)s lines of %(shipment)s fit. Give the "
                    "number of one.",
                    count=len(found),
                    shipment=picking.name,
                ),
                field="line",
            )
        return found

    def _read_quantity(self, row):
        quantity = row.get("quantity")
        number = isinstance(quantity, int | float) and not isinstance(quantity, bool)
        # Not a number fails both comparisons.
        if not number or not 0 <= quantity < 10**9:
            raise ExchangeError(
                self.env._("quantity: give a number of 0 or more."), field="quantity"
            )
        return quantity
