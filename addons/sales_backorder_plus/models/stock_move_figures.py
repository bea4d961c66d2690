from odoo import models

from .stock_move import OPEN_STATES


class StockMove(models.Model):
    """Sums over the moves of one order line, in the unit of the product.

    ``self`` holds the moves bound for the customer, whatever their step.
    """

    _inherit = "stock.move"

    def _get_last_open(self):
        """Return the open moves no other open one of them follows."""
        open_moves = self.filtered(lambda move: move.state in OPEN_STATES)
        open_moves = open_moves.with_prefetch(self._prefetch_ids)
        last = open_moves.filtered(lambda move: not move.move_dest_ids & open_moves)
        return last.with_prefetch(self._prefetch_ids)

    def _get_shipped_quantity(self):
        """Return what left for the customer; what came back is not deducted."""
        shipped = self.filtered(
            lambda move: move.state == "done" and move.location_dest_id._is_outgoing()
        )
        return shipped._get_moved_quantity()

    def _get_returned_quantity(self):
        """Return what came back from the customer."""
        back = self.filtered(
            lambda move: move.state == "done" and move.location_id._is_outgoing()
        )
        return back._get_moved_quantity()

    def _get_dropped_quantity(self):
        """Return what "no backorder" left out: rests of done transfers."""
        dropped = 0.0
        for move in self:
            if move.state == "done":
                dropped += max(move.product_qty - move._get_moved_quantity(), 0.0)
            elif move.state == "cancel" and move.picking_id.state == "done":
                dropped += move.product_qty
        return dropped

    def _get_lost_quantity(self):
        """Return the demand of moves that were cancelled with their transfer."""
        lost = self.filtered(
            lambda move: move.state == "cancel" and move.picking_id.state != "done"
        )
        return sum(lost.mapped("product_qty"))
