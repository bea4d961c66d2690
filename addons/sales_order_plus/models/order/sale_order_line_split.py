from odoo import models

from ...exceptions import SplitError


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _check_quantity_to_move(self, order, quantity):
        self.ensure_one()
        movable = self._get_movable_quantity()
        if self.order_id != order or self not in order._get_plain_lines():
            problem = self.env._("this line of it cannot be moved. Choose another line")
        elif self.display_type:
            problem = self.env._("a text is no quantity. Choose a line with a product")
        elif quantity * self.product_uom_qty < 0 or self.product_uom_id.is_zero(
            quantity
        ):
            problem = self.env._(
                "%s is no quantity to move. Enter more than zero", quantity
            )
        elif self.product_uom_id.compare(abs(quantity), abs(movable)) > 0:
            problem = self.env._(
                "%(quantity)s of %(product)s cannot be moved, only %(movable)s is neither "
                "delivered nor invoiced. Enter at most that",
                quantity=quantity,
                product=self.product_id.display_name,
                movable=movable,
            )
        else:
            return
        raise SplitError(
            self.env._(
                "Quantity to move (%(order)s): %(problem)s.",
                order=order.name,
                problem=problem,
            ),
            field="quantity",
            rule="movable",
            line_id=self.id,
        )

    def _get_movable_quantity(self):
        """Return how much may go to another order."""
        self.ensure_one()
        if self.state != "sale":
            return self.product_uom_qty
        used = max(self.qty_delivered, self.qty_invoiced, 0.0)
        return max(self.product_uom_id.round(self.product_uom_qty - used), 0.0)

    def _get_split_key(self, key):
        """Return what tells this line from those of other parts."""
        self.ensure_one()
        if key == "warehouse":
            return self.warehouse_id
        if key == "category":
            return self.product_id.categ_id
        if key == "temperature":
            return self._get_split_temperature()
        return self._get_split_date()

    def _get_split_temperature(self):
        """Return the temperature class; services stay with the first goods."""
        goods = self
        if self.product_id.type != "consu":
            lines = self.order_id.order_line
            goods = lines.filtered(lambda line: line.product_id.type == "consu")[:1]
        return goods.product_id.temperature_class_id

    def _get_split_date(self):
        """Return the date asked for this line, or False."""
        self.ensure_one()
        # The date belongs to the shipping of lines, which may not be there.
        if "requested_date" in self._fields:
            return self["requested_date"]
        return False

    def _prepare_share_vals(self, share):
        """Return the values that give this line its part of the order.

        Price and discount are written too, else they follow the new quantity.
        """
        self.ensure_one()
        return {
            "product_uom_qty": share.quantity,
            "price_unit": share.price_unit,
            "technical_price_unit": self.technical_price_unit,
            "discount": self.discount,
            "extra_tax_data": share.extra_tax_data or False,
        }
