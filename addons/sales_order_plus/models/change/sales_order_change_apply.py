from odoo import models

from ...exceptions import ChangeError

# Stock first, then where it goes and what it costs, then when.
ORDER = (
    "quantity",
    "remove",
    "delivery_address",
    "invoice_address",
    "payment_term",
    "payment_method",
    "substitute",
    "add",
    "price",
    "date",
    "carrier",
    "priority",
    "instructions",
    "special",
)


class SalesOrderChange(models.Model):
    """Apply a request as a whole; the impact is tried with the same code."""

    _inherit = "sales.order.change"

    def _apply_lines(self):
        """Change the order as the request says.

        :raise ChangeError: if one of the changes cannot be made; nothing may be kept
        """
        self.ensure_one()
        returns = self._get_returns()
        with self.order_id._open_for_change():
            for kind in ORDER:
                self.line_ids.filtered(lambda one, k=kind: one.kind == k)._apply(kind)
        self._check_no_return(returns)

    def _get_returns(self):
        # sudo: whoever sells need not read transfers.
        moves = self.order_id.order_line.sudo().move_ids
        return moves.filtered(
            lambda m: m.location_id.usage == "customer" and m.state != "cancel"
        )

    def _check_no_return(self, before):
        """A change never makes a return; one that would did not find the goods."""
        self.order_id.order_line.invalidate_recordset(["move_ids"])
        if self._get_returns() - before:
            raise ChangeError(
                self.env._(
                    "Quantity: the goods of %s are on their way already. Ship them, or "
                    "let the warehouse put them back first.",
                    self.order_id.name,
                ),
                field="quantity",
                rule="return",
            )


class SalesOrderChangeLine(models.Model):
    """How each kind of change of a line is made."""

    _inherit = "sales.order.change.line"

    def _apply(self, kind):
        """Make these changes, all of one kind: one by one, unless it does better."""
        together = getattr(self, f"_apply_lines_{kind}", None)
        if together:
            together()
            return
        for change in self:
            getattr(change, f"_apply_line_{kind}")()

    def _apply_lines_quantity(self):
        quantities = {change.line_id: change.quantity for change in self}
        compared = {
            line: line.product_uom_id.compare(quantity, line.product_uom_qty)
            for line, quantity in quantities.items()
        }
        lines = self.line_id
        lines.filtered(lambda one: compared[one] < 0)._lower_for_change(quantities)
        lines.filtered(lambda one: compared[one] > 0)._raise_for_change(quantities)

    def _apply_lines_remove(self):
        """The lines stay with nothing in them: deliveries and documents point at them."""
        for change in self:
            change._check_remove()
        self.line_id._lower_for_change(dict.fromkeys(self.line_id, 0.0))

    def _apply_line_price(self):
        line = self.line_id
        vals = {}
        if line.currency_id.compare_amounts(self.price_unit, line.price_unit):
            vals["price_unit"] = self.price_unit
        if self.discount != line.discount:
            vals["discount"] = self.discount
        if vals:
            line.write(vals)

    def _apply_line_substitute(self):
        old = self.line_id
        open_quantity = self._get_open_quantity()
        taken = min(self.quantity or open_quantity, open_quantity)
        vals = self._prepare_new_line_vals(self.quantity or open_quantity)
        if self.keep_price:
            vals |= {"price_unit": old.price_unit, "discount": old.discount}
        # In the unit of the line, as the quantity: both are what is compared above.
        vals |= {"sequence": old.sequence, "product_uom_id": old.product_uom_id.id}
        old._lower_for_change({old: old.product_uom_qty - taken})
        self._add_line(vals)

    def _apply_line_add(self):
        vals = self._prepare_new_line_vals(self.quantity)
        if self.price_unit:
            vals["price_unit"] = self.price_unit
        if self.discount:
            vals["discount"] = self.discount
        self._add_line(vals)

    def _prepare_new_line_vals(self, quantity):
        return {
            "order_id": self.change_id.order_id.id,
            "product_id": self.product_id.id,
            "product_uom_qty": quantity,
        }

    def _add_line(self, vals):
        line = self.env["sale.order.line"].create(vals)
        self._write_own({"new_line_id": line.id})
