from odoo import api, fields, models
from odoo.tools import format_date

# Bootstrap colours of the parts of the bar.
COLOURS = {
    "shipped": "success",
    "reserved": "info",
    "waiting": "warning",
    "cancelled": "secondary",
}


class SaleOrderLine(models.Model):
    """How far a line is, told by its moves: the parts add up to what was ordered."""

    _inherit = "sale.order.line"

    qty_free_now = fields.Float(
        string="Available Now",
        digits="Product Unit",
        compute="_compute_qty_free_now",
        groups="base.group_user",
        help="Free stock of the product in the warehouse of the line, at this moment, "
        "in the unit of the line.",
    )
    fulfilment = fields.Json(
        compute="_compute_fulfilment",
        groups="base.group_user",
        help="What is shipped, reserved, waited for and cancelled of the line.",
    )

    @api.depends("product_id", "product_uom_id", "warehouse_id")
    def _compute_qty_free_now(self):
        stored = self.filtered("is_storable")
        (self - stored).qty_free_now = 0.0
        for warehouse, lines in stored.grouped("warehouse_id").items():
            free = lines.product_id._get_free_now(warehouse)
            for line in lines:
                there = free.get(line.product_id._origin.id, 0.0)
                line.qty_free_now = line._to_line_unit(there)

    @api.depends(
        "state", "product_uom_qty", "qty_delivered", "move_ids.state", "backorder_ids"
    )
    @api.depends_context("lang")
    def _compute_fulfilment(self):
        for line in self:
            shown = line.state == "sale" and line._has_fulfilment()
            line.fulfilment = shown and line._prepare_fulfilment_bar()

    def _has_fulfilment(self):
        return (
            not self.display_type
            and not self.is_downpayment
            and not self.is_delivery
            and self.product_id.type == "consu"
        )

    # === Quantities === #

    def _get_fulfilment(self):
        """Return what became of the line, in its unit.

        ``ordered`` is what was ordered once: ``shipped`` + ``reserved`` + ``waiting`` +
        ``cancelled``. ``open`` is reserved + waiting; ``short`` the part of it that
        nothing covers; ``returned`` the part of what was shipped that came back.

        :return: dict of floats by these names
        """
        self.ensure_one()
        # sudo: whoever may read the line may know how far it is.
        line = self.sudo()
        figures = line._get_line_figures()
        moves = line.move_ids.filtered(lambda m: m.product_id == line.product_id)
        bound = moves.filtered(lambda move: move._is_bound_for_customer())
        shipped = line._to_line_unit(bound._get_shipped_quantity())
        returned = line._to_line_unit((moves - bound)._get_returned_quantity())
        rest = max(line.product_uom_qty - shipped, 0.0)
        # Given up at a delivery, and not cancelled on the order.
        dropped = min(figures.dropped, max(rest - figures.open - figures.unplanned, 0))
        cancelled = line.qty_cancelled + dropped
        reserved = min(figures.reserved, rest - dropped)
        waiting = rest - dropped - reserved
        return {
            "ordered": shipped + reserved + waiting + cancelled,
            "shipped": shipped,
            "returned": returned,
            "reserved": reserved,
            "waiting": waiting,
            "open": reserved + waiting,
            "short": min(figures.short, waiting),
            "cancelled": cancelled,
        }

    def _get_open_quantity(self):
        """Return how much is still to come, in the unit of the line."""
        self.ensure_one()
        return self._get_fulfilment()["open"] if self._has_fulfilment() else 0.0

    def _to_line_unit(self, quantity):
        unit = self.product_id.uom_id
        return unit._compute_quantity(quantity, self.product_uom_id, round=False)

    # === In words === #

    def _prepare_fulfilment_parts(self):
        """Return the parts of the bar, for screens of ours and of the customer.

        :return: list of dicts with ``key``, ``label``, ``quantity``, ``percent`` and
            ``colour``
        """
        found = self._get_fulfilment()
        labels = {
            "shipped": self.env._("Shipped"),
            "reserved": self.env._("Reserved"),
            "waiting": self.env._("To come"),
            "cancelled": self.env._("Cancelled"),
        }
        return [
            {
                "key": key,
                "label": label,
                "quantity": self._format_part(found[key]),
                "percent": round(100 * found[key] / found["ordered"], 1),
                "colour": COLOURS[key],
            }
            for key, label in labels.items()
            if found[key] and found["ordered"]
        ]

    def _prepare_fulfilment_bar(self):
        """Return the parts and, for colleagues, why something is missing."""
        backorder = self._get_open_backorder()
        texts = []
        if returned := self._get_fulfilment()["returned"]:
            texts.append(self.env._("Returned: %s", self._format_part(returned)))
        if backorder.date_expected:
            day = format_date(self.env, backorder.date_expected)
            texts.append(self.env._("Expected: %s", day))
        if backorder.supply_note:
            texts += backorder.supply_note.split("\n")
        return {"parts": self._prepare_fulfilment_parts(), "texts": texts}

    def _format_part(self, quantity):
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        amount = f"{quantity:.{digits}f}".rstrip("0").rstrip(".")
        return f"{amount} {self.product_uom_id.name or ''}".strip()
