from odoo import models
from odoo.tools import clean_context

from ...exceptions import ChangeError
from ..order.sale_order_split_stock import OPEN_STATES

# Where goods come from that somebody bought or made for this line.
MADE = ("supplier", "production")


class SaleOrderLine(models.Model):
    """Less of a line: its open moves become less, and no return appears by accident."""

    _inherit = "sale.order.line"

    def _lower_for_change(self, quantity):
        """Lower the ordered quantity and what is still to be moved for it.

        Odoo would run a negative procurement, which becomes a return where it does
        not merge: a changed deadline, a link to a receipt, several steps. The open
        moves themselves are lowered here, those nearest to the shelf first.

        :param float quantity: new ordered quantity, in the unit of the line
        :raise ChangeError: if goods are delivered, picked, bought or made already
        """
        self.ensure_one()
        if self.product_uom_id.compare(quantity, self.qty_delivered) < 0:
            raise self._get_change_error(
                "delivered",
                self.env._(
                    "Quantity: %(delivered)s of %(product)s are delivered already. Ask "
                    "for at least as many, or let the customer return them first.",
                    delivered=f"{self.qty_delivered:g}",
                    product=self.product_id.display_name,
                ),
            )
        self._lower_open_moves(quantity - self.qty_delivered)
        # Done above: the procurement must not do it again.
        self.with_context(skip_procurement=True).write({"product_uom_qty": quantity})

    def _lower_open_moves(self, left):
        """Leave ``left`` (unit of the line) in the open moves of this line."""
        unit = self.product_id.uom_id
        final = self._get_final_moves()
        left = self.product_uom_id._compute_quantity(left, unit, round=False)
        rest = sum(final.mapped("product_qty")) - max(left, 0)
        if unit.compare(rest, 0) <= 0:
            return
        for move in final.sorted(lambda m: (m._has_left_shelf(), -m.id)):
            taken = min(rest, move.product_qty)
            if unit.compare(taken, 0) <= 0:
                break
            self._check_lowerable(move)
            move._lower_for_change(taken)
            rest -= taken

    def _get_final_moves(self):
        """Return the open moves towards the customer no other open move waits for."""
        # sudo: whoever sells need not write transfers.
        moves = self.sudo()._get_open_moves()
        moves = moves.filtered(lambda m: m.location_id.usage != "customer")
        final = moves.filtered(lambda m: not m.move_dest_ids & moves)
        return final.with_context(clean_context(self.env.context))

    def _check_lowerable(self, move):
        if move.location_id.usage in MADE:
            raise self._get_change_error(
                "made_to_order",
                self.env._(
                    "Quantity: %(product)s comes straight from where it is bought or "
                    "made (%(move)s). Change or cancel that first, then apply again.",
                    product=self.product_id.display_name,
                    move=move.picking_id.name or move.reference,
                ),
            )
        if not move._has_left_shelf():
            return
        raise self._get_change_error(
            "picked",
            self.env._(
                "Quantity: %(product)s is picked already (%(picking)s). Ship it, or let "
                "the warehouse put it back first.",
                product=self.product_id.display_name,
                picking=move.picking_id.name or move.reference,
            ),
        )

    def _get_change_error(self, rule, message):
        return ChangeError(message, field="quantity", rule=rule, line_id=self.id)


class StockMove(models.Model):
    _inherit = "stock.move"

    def _has_left_shelf(self):
        """Return whether somebody has the goods of this open move in hands."""
        self.ensure_one()
        return self.picked or any(
            origin.state == "done" and origin.sale_line_id
            for origin in self.move_orig_ids
        )

    def _get_change_origins(self):
        """Return the open steps before this one; what is bought or made stays."""
        return self.move_orig_ids.filtered(
            lambda m: (
                m.state in OPEN_STATES
                and m.sale_line_id == self.sale_line_id
                and m.location_id.usage not in MADE
            )
        )

    def _lower_for_change(self, quantity):
        """Lower this open move and its earlier steps.

        :param float quantity: in the unit of the product
        """
        self.ensure_one()
        unit, rest = self.product_id.uom_id, quantity
        was_reserved = bool(self.quantity)
        for origin in self._get_change_origins():
            taken = min(rest, origin.product_qty)
            if unit.compare(taken, 0) > 0:
                origin._lower_for_change(taken)
                rest -= taken
        left = self.product_qty - quantity
        if unit.compare(left, 0) <= 0:
            self._action_cancel()
            return
        self.product_uom_qty = unit._compute_quantity(left, self.product_uom)
        if was_reserved:
            # Odoo gives up the whole reservation of a move that becomes less.
            self._action_assign()
