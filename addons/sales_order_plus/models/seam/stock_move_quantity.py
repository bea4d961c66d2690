from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _get_moved_quantity(self):
        """Return what these moves hold, or moved, in the unit of the product.

        Not rounded: whoever adds it up rounds the sum.
        """
        return sum(
            move.product_uom._compute_quantity(
                move.quantity, move.product_id.uom_id, round=False
            )
            for move in self
        )
