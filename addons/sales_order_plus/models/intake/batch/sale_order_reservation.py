from odoo import api, fields, models

from .scope import get_batch


class SaleOrder(models.Model):
    """What follows when the goods of confirmed orders had their turn."""

    _inherit = "sale.order"

    goods_pending = fields.Boolean(
        string="Goods to Be Reserved",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="The order came in together with others, and the warehouse has its goods "
        "reserved in a moment.",
        prefetch="sales_rare",
    )
    _goods_pending_idx = models.Index("(id) WHERE goods_pending")

    def _action_confirm(self):
        result = super()._action_confirm()
        batch = get_batch()
        if not batch or batch.postponed is None:
            self._follow_reservation()
        return result

    def _follow_reservation(self):
        """Do what depends on what could be reserved; extended by those who do.

        Called once an order, when it is confirmed or, for orders that came in
        together, right after that.
        """


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model
    def _pop_stock_changes(self):
        """Leave out what is told when the goods are reserved."""
        lines, products, supplied = super()._pop_stock_changes()
        batch = get_batch()
        if batch and batch.postponed:
            moves = batch.postponed
            lines -= moves._get_orders().order_line
            products = set(products) - set(moves.product_id.ids)
        return lines, products, supplied


class StockMove(models.Model):
    _inherit = "stock.move"

    def _get_queues(self):
        """Return the ids of the warehouses, in the order in which all wait."""
        return sorted(self.picking_type_id.warehouse_id.ids)

    def _reserve_quietly(self):
        """Reserve as if it were part of confirming: no transfer tells that it waited."""
        quiet = self.with_context(mail_notrack=True)
        for company, moves in quiet.grouped("company_id").items():
            moves.with_company(company)._action_assign()
        quiet.env.flush_all()

    def _get_orders(self):
        """Return the orders the moves are for, also if others stand in between."""
        # sudo: who moves goods need not read orders, nor who sells moves.
        return self.sudo().reference_ids.sale_ids
