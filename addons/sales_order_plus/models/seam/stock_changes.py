from collections import defaultdict

from odoo import api, models
from odoo.tools import clean_context

PENDING = "sales_order_plus.stock_changes"
# What decides how much of a line is covered, or when it can be there.
WATCHED_FIELDS = frozenset(
    {
        "date",
        "date_deadline",
        "location_dest_id",
        "location_final_id",
        "location_id",
        "move_orig_ids",
        "procure_method",
        "product_id",
        "product_uom",
        "product_uom_qty",
        "sale_line_id",
        "state",
    }
)


class SaleOrderLine(models.Model):
    """What stock moves do to order lines, told once for all that changed.

    Whatever touches a move only notes ids; the work is done when the cursor flushes
    (end of request, begin and end of a savepoint). It reads the state of the moves
    and never an event, so running it twice is harmless. A rollback drops the notes
    with what they were about.
    """

    _inherit = "sale.order.line"

    @api.model
    def _note_stock_changes(self, line_ids=(), product_ids=(), supplied_ids=()):
        """Note what :meth:`_follow_stock_changes` has to look at.

        :param line_ids: ids of order lines whose moves or quantity changed
        :param product_ids: ids of products whose stock is shared anew
        :param supplied_ids: ids of products whose supply changed
        """
        precommit = self.env.cr.precommit
        if PENDING not in precommit.data:
            precommit.data[PENDING] = defaultdict(set)
            # A context of the client (default_*) must not colour what is written.
            clean = self.with_context(clean_context(self.env.context))
            precommit.add(clean._handle_stock_changes)
        pending = precommit.data[PENDING]
        pending["lines"].update(line_ids)
        pending["products"].update(product_ids)
        pending["supplied"].update(supplied_ids)

    @api.model
    def _handle_stock_changes(self):
        # Popped first: what the work below touches is noted for the next round.
        lines, products, supplied = self._pop_stock_changes()
        if lines or products or supplied:
            lines._follow_stock_changes(products, supplied)

    @api.model
    def _pop_stock_changes(self):
        """Return what was noted, and forget it.

        :return: (order lines as superuser, ids of products whose stock is shared anew,
            ids of products whose supply changed)
        """
        pending = self.env.cr.precommit.data.pop(PENDING, defaultdict(set))
        # sudo: who moves stock or signs an order need not have rights on its lines.
        lines = self.sudo().browse(sorted(pending["lines"])).exists()
        return lines, pending["products"], pending["supplied"]

    def _follow_stock_changes(self, product_ids, supplied_ids):
        """Bring up to date what depends on stock; extended by those who depend on it.

        ``self`` are the lines whose moves changed, see :meth:`_note_stock_changes`.
        """


class StockMove(models.Model):
    _inherit = "stock.move"

    def write(self, vals):
        watched = not WATCHED_FIELDS.isdisjoint(vals)
        if watched and "sale_line_id" in vals:
            # The line that loses its move.
            self._note_stock_changes()
        result = super().write(vals)
        if watched:
            self._note_stock_changes()
        return result

    def _compute_quantity(self):
        """Every change of a reservation passes here, whichever record it was made on."""
        super()._compute_quantity()
        if any(self._ids):
            self._note_stock_changes()

    def _note_stock_changes(self):
        # sudo: the line of a move may belong to somebody else.
        moves = self.sudo()
        supply = moves.filtered(lambda move: not move.sale_line_id)
        lines = moves.sale_line_id | supply.move_dest_ids.sale_line_id
        self.env["sale.order.line"]._note_stock_changes(
            lines.ids, moves.product_id.ids, supply.product_id.ids
        )
