from odoo import fields, models


class StockMove(models.Model):
    _inherit = "stock.move"

    sales_return_line_id = fields.Many2one(
        "sales.order.return.line",
        string="Returned Goods",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
        help="The return that this move brings back.",
    )

    def _get_returnable_quantity(self):
        """Return what of this done delivery may come back, in the product's unit.

        Returns made in the warehouse without an authorisation count as well.
        """
        self.ensure_one()
        unit = self.product_id.uom_id
        rest = self._get_moved_quantity()
        for back in self.returned_move_ids.filtered(lambda m: m.state != "cancel"):
            moved = back.quantity if back.state == "done" else back.product_uom_qty
            rest -= back.product_uom._compute_quantity(moved, unit, round=False)
        return max(rest, 0.0)


class StockPicking(models.Model):
    """The transfers of a return tell it when they are done."""

    _inherit = "stock.picking"

    sales_return_id = fields.Many2one(
        "sales.order.return",
        string="Return",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
        help="The authorised return that this transfer belongs to.",
    )

    def _is_customer_return(self):
        """Return whether the transfer brings goods of a return back."""
        self.ensure_one()
        return bool(self.sales_return_id) and self.location_id.usage == "customer"

    def _check_backorder(self):
        """What did not come back is not waited for: nobody is asked."""
        return (
            super()._check_backorder().filtered(lambda p: not p._is_customer_return())
        )

    def _action_done(self):
        back = self.filtered(lambda one: one._is_customer_return())
        result = (
            super(StockPicking, self - back)._action_done() if self - back else True
        )
        if back:
            # The customer may ask anew for what did not come.
            back = back.with_context(cancel_backorder=True)
            result = super(StockPicking, back)._action_done()
        done = self.filtered(lambda one: one.state == "done")
        # sudo: who receives goods need not see the order or what it is credited.
        done.sudo().sales_return_id._after_transfer()
        return result

    def action_cancel(self):
        result = super().action_cancel()
        # sudo: as above.
        self.sudo().sales_return_id._after_transfer()
        return result


class AccountMove(models.Model):
    _inherit = "account.move"

    sales_return_id = fields.Many2one(
        "sales.order.return",
        string="Return",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
        help="The return that was credited.",
    )
