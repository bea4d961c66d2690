from odoo import models
from odoo.tools import clean_context

from ...exceptions import ChangeError
from ..order.sale_order_split_stock import OPEN_STATES

# Where goods come from that somebody bought or made for this line.
MADE = ("supplier", "production")


class SaleOrderLine(models.Model):
    """Less of a line: its open moves become less, and no return appears by accident."""

    _inherit = "sale.order.line"

    def _raise_for_change(self, quantities):
        """Raise ordered quantities; what is more is procured in one run.

        :param dict quantities: new ordered quantity by line, in the unit of the line
        :raise ChangeError: if more is delivered already
        """
        before = {line.id: line.product_uom_qty for line in self}
        for line in self:
            line._check_not_delivered(quantities[line])
        self._write_for_change(quantities)
        procured = self.filtered(lambda line: not line.is_expense)
        procured._action_launch_stock_rule(previous_product_uom_qty=before)

    def _lower_for_change(self, quantities):
        """Lower ordered quantities and what is still to be moved for them.

        Odoo would run a negative procurement, which becomes a return where it does
        not merge: a changed deadline, a link to a receipt, several steps. The open
        moves themselves are lowered here, those nearest to the shelf first.

        :param dict quantities: new ordered quantity by line, in the unit of the line
        :raise ChangeError: if goods are delivered, picked, bought or made already
        """
        taken = {}
        for line in self:
            line._check_not_delivered(quantities[line])
            taken |= line._get_taken_moves(quantities[line] - line.qty_delivered)
        self.env["stock.move"]._lower_for_change(taken)
        self._write_for_change(quantities)

    def _write_for_change(self, quantities):
        """Write ordered quantities; whoever calls sees to the stock moves."""
        lines = self.with_context(skip_procurement=True)
        for quantity, some in lines.grouped(quantities.get).items():
            some.product_uom_qty = quantity

    def _check_not_delivered(self, quantity):
        if self.product_uom_id.compare(quantity, self.qty_delivered) >= 0:
            return
        raise self._get_change_error(
            "delivered",
            self.env._(
                "Quantity: %(delivered)s of %(product)s are delivered already. Ask "
                "for at least as many, or let the customer return them first.",
                delivered=f"{self.qty_delivered:g}",
                product=self.product_id.display_name,
            ),
        )

    def _get_taken_moves(self, left):
        """Return what leaves ``left`` (unit of the line) in the open moves of this line.

        :return: {move: quantity less, in the unit of the product}
        """
        unit = self.product_id.uom_id
        final = self._get_final_moves()
        left = self.product_uom_id._compute_quantity(left, unit, round=False)
        rest = sum(final.mapped("product_qty")) - max(left, 0)
        found = {}
        for move in final.sorted(lambda m: (m._has_left_shelf(), -m.id)):
            taken = min(rest, move.product_qty)
            if unit.compare(taken, 0) <= 0:
                break
            self._check_lowerable(move)
            found[move] = taken
            rest -= taken
        return found

    def _get_final_moves(self):
        """Return the open moves towards the customer no other open move waits for."""
        # sudo: whoever sells need not write transfers.
        line = self.sudo()
        moves = line._get_open_moves()
        moves = moves.filtered(lambda m: m.location_id.usage != "customer")
        # What is read of them is read of those of the other lines, too.
        moves = moves.with_prefetch(line.move_ids._prefetch_ids)
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

    def _lower_for_change(self, taken):
        """Lower open moves and their earlier steps.

        :param dict taken: how much less by move, in the unit of the product
        """
        taken = self._add_earlier_steps(taken)
        moves = self.concat(*taken)
        left = {move: move.product_qty - less for move, less in taken.items()}
        gone = moves.filtered(lambda m: m.product_id.uom_id.compare(left[m], 0) <= 0)
        lowered = moves - gone
        reserved = lowered.filtered("quantity")
        demands = {
            move: move.product_id.uom_id._compute_quantity(left[move], move.product_uom)
            for move in lowered
        }
        # Odoo gives up the whole reservation of a move that becomes less, one by one.
        reserved.filtered(
            lambda m: m.product_uom.compare(m.quantity, demands[m]) > 0
        )._release_together()
        for demand, some in lowered.grouped(demands.get).items():
            some.product_uom_qty = demand
        gone._action_cancel()
        reserved._action_assign()

    def _add_earlier_steps(self, taken):
        """Return ``taken`` with what the steps before those moves become less by."""
        found = {}
        waiting = list(taken.items())
        while waiting:
            move, less = waiting.pop()
            found[move] = found.get(move, 0.0) + less
            for origin in move._get_change_origins():
                part = min(less, origin.product_qty - found.get(origin, 0.0))
                if move.product_id.uom_id.compare(part, 0) > 0:
                    waiting.append((origin, part))
                    less -= part
        return found
