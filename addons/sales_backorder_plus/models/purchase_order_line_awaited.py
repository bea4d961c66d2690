from odoo import models
from odoo.tools import float_round


class PurchaseOrderLine(models.Model):
    """How much of a purchase customers wait for; no names, no orders."""

    _inherit = "purchase.order.line"

    def _get_awaited_quantity(self):
        """Return how much of the line open backorders wait for.

        :return: quantity in the unit of the product, at most that of the line
        """
        self.ensure_one()
        # sudo: the vendor reads a sum, and may not know who waits.
        line = self.sudo()
        documents = {
            ("purchase.order", line.order_id.id),
            *(("stock.picking", id_) for id_ in line.move_ids.picking_id.ids),
        }
        awaited = 0.0
        for backorder in self.env["sales.backorder"]._get_waiting_for(line.product_id):
            quantity = sum(
                peg["quantity"]
                for peg in backorder.supply or ()
                if (peg["model"], peg["id"]) in documents
            )
            awaited += backorder.product_uom_id._compute_quantity(
                quantity, line.product_id.uom_id, round=False
            )
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        awaited = min(awaited, line.product_uom_qty)
        return float_round(awaited, precision_digits=digits)
