from odoo import models

from ...exceptions import SplitError

OPEN_STATES = ("draft", "waiting", "confirmed", "partially_available", "assigned")


class SaleOrder(models.Model):
    """Take quantity off a confirmed order without upsetting its deliveries."""

    _inherit = "sale.order"

    def _decrease_to_part(self, part):
        """Reduce the lines of this confirmed order to ``part``."""
        for share in part.shares:
            line = share.line
            if line.product_uom_id.compare(share.quantity, line.product_uom_qty) < 0:
                line._decrease_quantity(line._prepare_share_vals(share))
            elif (share.extra_tax_data or False) != (line.extra_tax_data or False):
                line.extra_tax_data = share.extra_tax_data

    def _check_paid_amount(self):
        """Refuse to leave less in the order than was invoiced or paid for it."""
        self.ensure_one()
        # sudo: invoices and payments are not the salesperson's.
        order = self.sudo()
        invoiced = sum(order.order_line.mapped("amount_invoiced"))
        bound = max(invoiced, order.amount_paid)
        if self.currency_id.compare_amounts(order.amount_total, bound) >= 0:
            return
        raise SplitError(
            self.env._(
                "Quantity to move: %(order)s would be worth %(total)s, but %(bound)s is "
                "paid or invoiced for it. Move less, or refund the difference first.",
                order=self.name,
                total=self.currency_id.format(order.amount_total),
                bound=self.currency_id.format(bound),
            ),
            field="quantity",
            rule="paid",
        )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _decrease_quantity(self, vals):
        """Lower the quantity and the open moves with it.

        Odoo lowers plain moves by itself. Moves that wait for others do not merge
        with its negative procurement, which would become a return: those are lowered
        here, back to the first step that is not done.

        :raise SplitError: if goods are picked, bought or made for this line already
        """
        self.ensure_one()
        before = self.move_ids
        chained = self._get_open_chain()
        if chained - self._get_open_moves():
            self._decrease_moves(self.product_uom_qty - vals["product_uom_qty"])
            # Planned above: the procurement must not do it again.
            self.with_context(skip_procurement=True).write(vals)
        else:
            self.write(vals)
        self._check_no_return(before)

    def _get_open_moves(self):
        return self.move_ids.filtered(lambda move: move.state in OPEN_STATES)

    def _get_open_chain(self):
        """Return the open moves of this line and all open moves they wait for."""
        moves = self._get_open_moves()
        # sudo: whoever sells need not read receipts.
        origins = self.env["stock.move"].sudo().browse(moves._rollup_move_origs())
        chain = moves.sudo() | origins.filtered(lambda m: m.state in OPEN_STATES)
        bound = chain.filtered(
            lambda m: m.location_id.usage in ("supplier", "production")
        )
        if bound:
            raise SplitError(
                self.env._(
                    "Quantity to move: %(product)s is bought or made for %(order)s "
                    "(%(move)s). Cancel or change that first.",
                    product=self.product_id.display_name,
                    order=self.order_id.name,
                    move=bound[0].picking_id.name or bound[0].reference,
                ),
                field="quantity",
                rule="made_to_order",
            )
        return chain

    def _decrease_moves(self, quantity):
        """Take ``quantity`` (unit of the line) off the open moves, the latest first."""
        rest = self.product_uom_id._compute_quantity(
            quantity, self.product_id.uom_id, round=False
        )
        last = self._get_open_moves().filtered(
            lambda m: not any(d.state in OPEN_STATES for d in m.move_dest_ids)
        )
        for move in last.sudo().sorted(lambda m: (m.picked, -m.id)):
            taken = min(rest, move.product_qty)
            move._lower_with_origins(taken)
            rest -= taken
        if self.product_id.uom_id.compare(rest, 0) > 0:
            self._refuse_decrease()

    def _check_no_return(self, before):
        """A decrease that made a move did not find the goods where it looked."""
        self.invalidate_recordset(["move_ids"])
        added = (self.move_ids - before).filtered(lambda move: move.state != "cancel")
        if added:
            self._refuse_decrease()

    def _refuse_decrease(self):
        raise SplitError(
            self.env._(
                "Quantity to move: %(product)s of %(order)s is picked already. Ship it "
                "with this order, or put it back and cancel its transfer first.",
                product=self.product_id.display_name,
                order=self.order_id.name,
            ),
            field="quantity",
            rule="picked",
        )


class StockMove(models.Model):
    _inherit = "stock.move"

    def _lower_with_origins(self, quantity):
        """Lower this open move and the open moves it waits for.

        :param float quantity: in the unit of the product
        """
        self.ensure_one()
        if self.product_id.uom_id.compare(quantity, 0) <= 0:
            return
        rest = quantity
        for origin in self.move_orig_ids.filtered(lambda m: m.state in OPEN_STATES):
            taken = min(rest, origin.product_qty)
            origin._lower_with_origins(taken)
            rest -= taken
        left = self.product_qty - quantity
        if self.product_id.uom_id.compare(left, 0) > 0:
            unit = self.product_id.uom_id
            self.product_uom_qty = unit._compute_quantity(left, self.product_uom)
        else:
            self._action_cancel()
