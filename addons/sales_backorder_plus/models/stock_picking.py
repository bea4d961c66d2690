from odoo import models


class StockPicking(models.Model):
    """What the customer is told of a delivery: what left, and what remains."""

    _inherit = "stock.picking"

    def _get_rest_lines(self):
        """Return [(order line, quantity)] still to come of the orders of a delivery."""
        self.ensure_one()
        lines = self.move_ids.sale_line_id.order_id.order_line
        rests = [(line, line._get_open_quantity()) for line in lines]
        return [(line, rest) for line, rest in rests if rest]

    def _render_delivery_rest(self):
        """Return what was shipped and what is still to come, as HTML for the e-mail."""
        self.ensure_one()
        # What this delivery changed is known to the backorders after its sync.
        self.env["sale.order.line"]._handle_stock_changes()
        return self.env["ir.qweb"]._render(
            "sales_backorder_plus.delivery_rest",
            {"picking": self, "rests": self._get_rest_lines()},
        )
