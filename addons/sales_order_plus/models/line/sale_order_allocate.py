from odoo import models
from odoo.tools import float_round

from ...exceptions import LineRuleError


class SaleOrder(models.Model):
    """Choose the warehouses that have the goods, and split lines between them."""

    _inherit = "sale.order"

    def action_allocate_warehouses(self):
        """Give each line without a source the warehouse that has its goods.

        The warehouse of the order comes first, then the others by sequence. One
        that has it all is preferred to splitting; what nobody has stays with the
        warehouse of the order.

        :return: True
        :raise LineRuleError: if an order is no quotation any more
        """
        for order in self:
            order._check_allocatable()
            order._allocate_warehouses()
        return True

    def _check_allocatable(self):
        self.ensure_one()
        if self.state not in ("draft", "sent"):
            raise LineRuleError(
                self.env._(
                    "Source Warehouse: %(order)s is confirmed or cancelled. Allocate "
                    "quotations, or change the deliveries.",
                    order=self.display_name,
                ),
                field="source_warehouse_id",
            )

    def _allocate_warehouses(self):
        """Split the lines by what is free; see :meth:`action_allocate_warehouses`."""
        self.ensure_one()
        lines = self.order_line.filtered(lambda line: line._is_allocatable())
        warehouses = self._get_ranked_warehouses()
        free = self._get_free_quantities(lines.product_id, warehouses)
        for line in self.order_line - lines:
            line._take_free(free, line.warehouse_id)
        for line in lines:
            line._apply_parts(line._get_parts(warehouses, free))

    def _get_ranked_warehouses(self):
        """Return the warehouses of the company, that of the order first."""
        warehouses = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company_id.id)], order="sequence, id"
        )
        return self.warehouse_id | warehouses

    def _get_free_quantities(self, products, warehouses):
        """Return {(product, warehouse): free quantity}; one read a warehouse."""
        return {
            (product, warehouse): product.with_context(
                warehouse_id=warehouse.id
            ).free_qty
            for warehouse in warehouses
            for product in products
        }


class SaleOrderLine(models.Model):
    """One line between several warehouses."""

    _inherit = "sale.order.line"

    def _is_allocatable(self):
        """Whether the warehouse of the line may be chosen, and the line be split."""
        self.ensure_one()
        return (
            self.is_storable
            and not self.source_warehouse_id
            and not self.route_ids
            and not self.combo_item_id
            and not self.linked_line_ids
            and self.product_uom_id.compare(self.product_uom_qty, 0) > 0
        )

    def _take_free(self, free, warehouse):
        """Lower what is free by what a line with a source of its own will take."""
        key = (self.product_id, warehouse)
        if key in free:
            free[key] -= self.product_uom_id._compute_quantity(
                self.product_uom_qty, self.product_id.uom_id, round=False
            )

    def _get_parts(self, warehouses, free):
        """Return [(warehouse, quantity in the unit of the line)], and book it in free.

        :param warehouses: warehouses by rank
        :param dict free: {(product, warehouse): quantity in the unit of the product}
        """
        self.ensure_one()
        unit, product = self.product_id.uom_id, self.product_id
        left = self.product_uom_qty
        wanted = self.product_uom_id._compute_quantity(left, unit, round=False)
        for warehouse in warehouses:
            if unit.compare(free[product, warehouse], wanted) >= 0:
                free[product, warehouse] -= wanted
                return [(warehouse, left)]
        parts = []
        for warehouse in warehouses:
            part = min(left, self._get_takeable(free[product, warehouse]))
            if self.product_uom_id.compare(part, 0) > 0:
                parts.append((warehouse, part))
                left -= part
                free[product, warehouse] -= self.product_uom_id._compute_quantity(
                    part, unit, round=False
                )
        return self._add_rest(parts, warehouses[:1], left)

    def _get_takeable(self, free):
        """Return how much of the line, in its unit, ``free`` units of stock cover.

        In another unit than the product's only whole ones: nobody picks 0.33 dozen.
        """
        unit, own = self.product_id.uom_id, self.product_uom_id
        if unit == own:
            return max(free, 0.0)
        quantity = unit._compute_quantity(max(free, 0.0), own, round=False)
        return float_round(quantity, precision_digits=0, rounding_method="DOWN")

    def _add_rest(self, parts, first, left):
        """Return ``parts`` with what nobody has added to the first warehouse."""
        if self.product_uom_id.compare(left, 0) <= 0:
            return parts
        amounts = dict(parts)
        amounts[first] = amounts.get(first, 0.0) + left
        return list(amounts.items())

    def _apply_parts(self, parts):
        """Set the sources, on copies of the line from the second part on.

        Price and discount stay as they were for the whole: splitting must not cost
        the customer the price of the larger quantity.
        """
        self.ensure_one()
        terms = {
            "price_unit": self.price_unit,
            "technical_price_unit": self.technical_price_unit,
            "discount": self.discount,
        }
        (warehouse, quantity), *others = parts
        for source, part in others:
            self.copy(
                {
                    **terms,
                    "order_id": self.order_id.id,
                    "product_uom_qty": part,
                    "source_warehouse_id": source.id,
                    "sequence": self.sequence,
                }
            )
        vals = {"source_warehouse_id": warehouse.id}
        if others:
            vals |= {**terms, "product_uom_qty": quantity}
        self.write(vals)
