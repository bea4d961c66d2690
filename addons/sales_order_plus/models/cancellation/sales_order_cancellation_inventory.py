"""What the goods that become free could serve, and that they do."""

from odoo import fields, models
from odoo.fields import Domain


class SalesOrderCancellation(models.Model):
    _inherit = "sales.order.cancellation"

    def _get_inventory_impact(self):
        """Return, for each product, what becomes free and whom it serves.

        :return: list of dicts with ``product``, ``quantity`` (unit of the product),
            ``reserved`` (what of it lies ready now) and ``serves``: the open needs of
            other orders, in the order they are served
        """
        self.ensure_one()
        rows = []
        for line in self.line_ids:
            moves = line._get_open_moves()
            if not moves:
                continue
            reserved = min(line._get_product_quantity(), sum(moves.mapped("quantity")))
            rows.append(
                {
                    "product": line.product_id.display_name,
                    "quantity": line._get_product_quantity(),
                    "reserved": reserved,
                    "serves": self._get_served(moves, reserved),
                }
            )
        return rows

    def _get_served(self, moves, free):
        """Spread what becomes free over the needs that wait, the most urgent first."""
        served = []
        for need in self._get_waiting_moves(moves):
            taken = min(free, need.product_qty - need.quantity)
            if taken <= 0:
                continue
            free -= taken
            served.append(
                {
                    "transfer": need.picking_id.name or need.reference,
                    "order": need.sale_line_id.order_id.name or need.origin or "",
                    "customer": need.partner_id.display_name or "",
                    "quantity": taken,
                }
            )
        return served

    def _get_waiting_moves(self, moves):
        """Return the needs of other orders that these goods could serve, in order."""
        domain = (
            Domain("state", "in", ("confirmed", "partially_available"))
            & Domain("procure_method", "=", "make_to_stock")
            & Domain("product_id", "in", moves.product_id.ids)
            & Domain("location_id", "in", moves.location_id.ids)
            & Domain("sale_line_id.order_id", "!=", self.order_id.id)
            & (
                Domain("picking_type_id.reservation_method", "=", "at_confirm")
                | Domain("reservation_date", "<=", fields.Date.context_today(self))
            )
        )
        return moves.search(domain, order="priority desc, date, id")

    def _finish(self, known):
        """Let the needs that wait have what became free."""
        super()._finish(known)
        # sudo: transfers are not the salesperson's, nor the customer's.
        parameters = self.env["ir.config_parameter"].sudo()
        if parameters.get_param("stock.picking_no_auto_reserve"):
            return
        moves = self.sudo().line_ids.order_line_id.move_ids
        moves = moves.filtered(lambda move: move._is_outgoing_need())
        if moves:
            self._get_waiting_moves(moves)._action_assign()


class SalesOrderCancellationLine(models.Model):
    _inherit = "sales.order.cancellation.line"

    def _get_open_moves(self):
        """Return the moves that take the goods from the stock, as superuser."""
        self.ensure_one()
        # sudo: transfers are not the salesperson's, nor the customer's.
        moves = self.sudo().order_line_id.move_ids
        return moves.filtered(
            lambda move: (
                move._is_outgoing_need() and move.state not in ("done", "cancel")
            )
        )

    def _get_product_quantity(self):
        """Return the quantity in the unit of the product."""
        self.ensure_one()
        return self.product_uom_id._compute_quantity(
            self.quantity, self.product_id.uom_id, rounding_method="HALF-UP"
        )


class StockMove(models.Model):
    _inherit = "stock.move"

    def _is_outgoing_need(self):
        """Return whether it takes storable goods out of a place of the warehouse."""
        return (
            self.product_id.is_storable
            and self.location_id.usage == "internal"
            and self.procure_method == "make_to_stock"
        )
