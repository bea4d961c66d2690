from odoo import api, fields, models

from .sales_order_return import OPEN


class SaleOrderLine(models.Model):
    """What was delivered of a line and may come back, or did."""

    _inherit = "sale.order.line"

    return_line_ids = fields.One2many(
        "sales.order.return.line",
        "order_line_id",
        string="Returned Goods",
        groups="base.group_user",
        help="What was asked to come back of this line.",
    )
    qty_returned = fields.Float(
        string="Returned",
        digits="Product Unit",
        compute="_compute_qty_returned",
        store=True,
        groups="base.group_user",
        help="What came back on settled returns. The ordered quantity is lowered by what "
        "was credited.",
        prefetch="sales_rare",
    )

    @api.depends("return_line_ids.received_quantity", "return_line_ids.state")
    def _compute_qty_returned(self):
        for line in self:
            closed = line.return_line_ids.filtered(lambda one: one.state == "closed")
            line.qty_returned = sum(closed.mapped("received_quantity"))

    # === What may come back === #

    def _get_delivered_moves(self):
        """Return the done moves that brought goods of these lines to the customer."""
        return self.move_ids.filtered(
            lambda move: (
                move.state == "done"
                and move.product_id == move.sale_line_id.product_id
                and move.location_dest_id._is_outgoing()
                and move.location_dest_id.usage != "supplier"
            )
        )

    def _get_returnable_quantity(self, within=None, but=None):
        """Return what may come back, in the unit of the line.

        :param int within: only what was delivered at most so many days ago
        :param but: return line that is not deducted
        """
        self.ensure_one()
        moves = self._get_delivered_moves()
        if within is not None:
            now, order = fields.Datetime.now(), self.order_id
            moves = moves.filtered(
                lambda move: now <= order._get_return_deadline(move.date, within)
            )
        there = sum(move._get_returnable_quantity() for move in moves)
        unit = self.product_id.uom_id
        there = unit._compute_quantity(there, self.product_uom_id, round=False)
        # Those that are authorised have moves, which are deducted above.
        asked = (
            self.return_line_ids - (but or self.return_line_ids.browse())
        ).filtered(lambda line: line.return_id.state == "requested")
        return max(there - sum(asked.mapped("quantity")), 0.0)

    # === What came back is not shipped again by itself === #

    def _get_unsettled_quantity(self):
        """Return what is coming back, or did, on returns that are not settled."""
        if not self.env["sales.order.return.line"]._has_records():
            return 0.0
        # sudo: who changes an order need not read its returns.
        lines = self.sudo().return_line_ids.filtered(
            lambda line: line.return_id.state in OPEN
        )
        quantity = 0.0
        for move in lines.move_ids.filtered(lambda move: move.state != "cancel"):
            moved = move.quantity if move.state == "done" else move.product_uom_qty
            quantity += move.product_uom._compute_quantity(
                moved, self.product_uom_id, round=False
            )
        return quantity

    def _get_qty_procurement(self, previous_product_uom_qty=False):
        """Until a return is settled, its goods count as with the customer.

        Odoo takes them off what was procured: the next change of the quantity would
        ship them again.
        """
        quantity = super()._get_qty_procurement(previous_product_uom_qty)
        return quantity + self._get_unsettled_quantity()

    def _get_open_need(self):
        """What was credited or replaced is not needed, though it was shipped once."""
        # sudo: an internal field of the line.
        back = self.sudo().qty_returned
        if not back:
            return super()._get_open_need()
        unit = self.product_id.uom_id
        back = self.product_uom_id._compute_quantity(back, unit, round=False)
        return super()._get_open_need() + back
