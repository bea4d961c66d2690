from odoo import models
from odoo.tools import float_is_zero

from .scope import get_batch


class SaleOrderLine(models.Model):
    """The references of a batch are created together, not one an order."""

    _inherit = "sale.order.line"

    def _action_launch_stock_rule(self, *, previous_product_uom_qty=False):
        if get_batch() and not self.env.context.get("skip_procurement"):
            self._create_references()
        return super()._action_launch_stock_rule(
            previous_product_uom_qty=previous_product_uom_qty
        )

    def _create_references(self):
        """Create the references core creates in its loop over the lines."""
        first = {}
        for line in self.filtered(lambda line: line._wants_reference()):
            first.setdefault(line.order_id, line)
        if first:
            self.env["stock.reference"].create(
                [line._prepare_reference_vals() for line in first.values()]
            )

    def _wants_reference(self):
        """Whether core will plan the line, which has no delivery yet."""
        self.ensure_one()
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return (
            self.state == "sale"
            and not self.order_id.locked
            and self.product_id.type == "consu"
            and not self.move_ids
            and not float_is_zero(self.product_uom_qty, precision_digits=digits)
            and not self.order_id.stock_reference_ids
        )
