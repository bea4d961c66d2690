from odoo import fields, models


class SalesOrderChangeLine(models.Model):
    """Changes that fill a shortage: another product, another source, the vendor."""

    _inherit = "sales.order.change.line"

    route_id = fields.Many2one(
        "stock.route",
        ondelete="restrict",
        help="How the new line is supplied, such as dropship; empty: as the product.",
    )
    source_warehouse_id = fields.Many2one(
        "stock.warehouse",
        ondelete="restrict",
        help="Warehouse that delivers the new line; empty: that of the order.",
    )
    replaces_quantity = fields.Float(
        digits="Product Unit",
        help="How much of the line, in its unit, the other product stands in for; 0: as "
        "many as of the other product.",
    )

    def _prepare_new_line_vals(self, quantity):
        vals = super()._prepare_new_line_vals(quantity)
        if self.route_id:
            vals["route_ids"] = [fields.Command.set(self.route_id.ids)]
        if self.source_warehouse_id:
            vals["source_warehouse_id"] = self.source_warehouse_id.id
        return vals

    def _apply_line_substitute(self):
        if not self.replaces_quantity:
            return super()._apply_line_substitute()
        old = self.line_id
        taken = min(self.replaces_quantity, self._get_open_quantity())
        vals = self._prepare_new_line_vals(self.quantity)
        vals["sequence"] = old.sequence
        if self.price_unit:
            vals |= {"price_unit": self.price_unit, "discount": self.discount}
        old._lower_for_change({old: old.product_uom_qty - taken})
        return self._add_line(vals)
