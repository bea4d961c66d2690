from dataclasses import asdict, dataclass

from odoo import api, fields, models
from odoo.tools import float_round

from .stock_move import OPEN_STATES


@dataclass
class Figures:
    """What the moves of an order line say, in the unit of the line.

    ``dropped`` was left out at a delivery on purpose ("no backorder");
    ``unplanned`` lost its delivery by a cancelled transfer.
    """

    open: float = 0.0
    reserved: float = 0.0
    chained: float = 0.0
    dropped: float = 0.0
    unplanned: float = 0.0
    missing: float = 0.0

    @property
    def short(self):
        return self.missing + self.unplanned

    def prepare_vals(self):
        return {
            "qty_open": self.open,
            "qty_reserved": self.reserved,
            "qty_chained": self.chained,
            "qty_unplanned": self.unplanned,
            "qty_short": self.short,
        }


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    backorder_ids = fields.One2many(
        "sales.backorder",
        "sale_line_id",
        string="Backorders",
        groups="base.group_user",
        help="What was or is missing of this line.",
    )
    qty_short = fields.Float(
        string="Short",
        digits="Product Unit",
        compute="_compute_backorder",
        groups="base.group_user",
        help="Quantity of the line that stock cannot cover now.",
    )
    date_expected = fields.Date(
        string="Expected",
        compute="_compute_backorder",
        groups="base.group_user",
        help="When what is short can be there; empty if no supply is planned.",
    )

    @api.depends("state", "backorder_ids.state", "backorder_ids.qty_short")
    def _compute_backorder(self):
        self.update({"qty_short": 0.0, "date_expected": False})
        for line in self._filter_confirmed():
            backorder = line._get_open_backorder()
            line.qty_short = backorder.qty_short
            line.date_expected = backorder.date_expected

    def _filter_confirmed(self):
        """Return the lines that may have a backorder."""
        if not self.env["sales.backorder"]._has_records():
            return self.browse()
        return self.filtered(lambda line: line.state == "sale")

    def _get_open_backorder(self):
        """Return the open backorder of the line, or an empty one."""
        self.ensure_one()
        backorders = self.env["sales.backorder"]
        if self.state != "sale" or not backorders._has_records():
            return backorders
        known = self.backorder_ids
        found = known.filtered(lambda one: one.state == "open")[:1]
        # What is read of it is read of those of the other lines, too.
        return found.with_prefetch(known._prefetch_ids)

    def write(self, vals):
        result = super().write(vals)
        if "product_uom_qty" in vals:
            confirmed = self.filtered(lambda line: line.state == "sale")
            self._note_stock_changes(confirmed.ids)
        return result

    def _follow_stock_changes(self, product_ids, supplied_ids):
        # First: the estimates ask the backorders.
        self.env["sales.backorder"]._sync(self, product_ids)
        super()._follow_stock_changes(product_ids, supplied_ids)

    # === Figures === #

    def _get_backorder_figures(self):
        """Return {line: Figures} from the stock moves alone."""
        return {line: line._get_line_figures() for line in self}

    def _get_line_figures(self):
        self.ensure_one()
        if self.order_id.state != "sale":
            return Figures()
        moves = self.move_ids.filtered(
            lambda m: m.product_id == self.product_id and m._is_bound_for_customer()
        )
        # What one line asks of its moves is read for those of all lines.
        moves = moves.with_prefetch(self.move_ids._prefetch_ids)
        open_moves = moves._get_last_open()
        covers = [move._get_cover() for move in open_moves]
        figures = Figures(
            open=sum(open_moves.mapped("product_qty")),
            reserved=sum(cover[0] for cover in covers),
            chained=sum(cover[1] for cover in covers),
            dropped=moves._get_dropped_quantity(),
        )
        figures.missing = figures.open - figures.reserved - figures.chained
        self._add_unplanned(figures, moves)
        return self._convert_figures(figures)

    def _add_unplanned(self, figures, moves):
        """Find what is ordered and planned no more since its transfer was cancelled."""
        lost = moves._get_lost_quantity()
        if not lost:
            return
        ordered = self.product_uom_id._compute_quantity(
            self.product_uom_qty, self.product_id.uom_id, round=False
        )
        rest = ordered - moves._get_shipped_quantity() - figures.open - figures.dropped
        figures.unplanned = min(max(rest, 0.0), lost)

    def _convert_figures(self, figures):
        """Convert from the unit of the product to the unit of the line."""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        unit = self.product_id.uom_id
        for name, quantity in asdict(figures).items():
            if not quantity:
                continue
            if unit != self.product_uom_id:
                quantity = unit._compute_quantity(
                    quantity, self.product_uom_id, round=False
                )
            setattr(figures, name, float_round(quantity, precision_digits=digits))
        return figures

    def _needs_backorder(self, figures):
        """Whether a new shortage is one.

        Where an operation type reserves late or by hand, nothing is short as
        long as free stock covers what is not reserved yet.
        """
        self.ensure_one()
        if not figures.short:
            return False
        waiting = self.move_ids.filtered(lambda move: move.state in OPEN_STATES)
        late = waiting.filtered(lambda move: not move._should_assign_at_confirm())
        if figures.unplanned or not late or late != waiting:
            return True
        missing = sum(move._get_missing_quantity() for move in late)
        free = self.env["stock.quant"]._get_available_quantity(
            self.product_id, late.location_id[:1]
        )
        return self.product_id.uom_id.compare(free, missing) < 0
