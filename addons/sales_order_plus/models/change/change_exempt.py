"""What Odoo itself adds to confirmed orders: goods shipped, freight, expenses."""

from odoo import models

from .grants import applying


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _get_change_orders(self):
        # sudo: the warehouse need not read orders.
        pickings = self.sudo()
        moves = pickings.move_ids
        return (
            pickings.sale_id
            | moves.sale_line_id.order_id
            | moves.reference_ids.sale_ids
            | pickings.reference_ids.sale_ids
        )

    def _action_done(self):
        """What was shipped and not ordered becomes a line."""
        with applying(self._get_change_orders()):
            return super()._action_done()

    def _add_delivery_cost_to_so(self):
        """The carrier's real price becomes the freight."""
        with applying(self._get_change_orders()):
            return super()._add_delivery_cost_to_so()


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_synch_order(self):
        with applying(self.picking_id._get_change_orders()):
            return super()._action_synch_order()


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _sale_create_reinvoice_sale_line(self):
        """Expenses that are charged on become lines of the order."""
        orders = self._sale_determine_order().values()
        orders = self.env["sale.order"].browse({order.id for order in orders if order})
        with applying(orders):
            return super()._sale_create_reinvoice_sale_line()
