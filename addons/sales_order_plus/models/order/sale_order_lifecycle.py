from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    lifecycle_stage = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("pending", "Pending"),
            ("approved", "Approved"),
            ("processing", "Processing"),
            ("shipped", "Shipped"),
            ("delivered", "Delivered"),
            ("returned", "Returned"),
            ("canceled", "Cancelled"),
        ],
        string="Stage",
        compute="_compute_lifecycle_stage",
        store=True,
        index="btree",
        help="Where the order is, from quotation to delivery and return. Follows the "
        "status, the approvals and the deliveries; nobody sets it by hand.",
    )

    @api.depends(
        "state",
        "delivery_status",
        "hold_since",
        "order_line.qty_delivered",
        "picking_ids.state",
        "picking_ids.printed",
    )
    def _compute_lifecycle_stage(self):
        for order in self:
            order.lifecycle_stage = order._get_lifecycle_stage()

    def _get_lifecycle_stage(self):
        """Return the stage of this order; satellites refine it through super().

        :return: a value of ``lifecycle_stage``
        """
        self.ensure_one()
        if self.state == "cancel":
            return "canceled"
        if self.state != "sale":
            # sudo: the hold is internal, the stage may be computed for anyone.
            return "pending" if self.sudo().hold_since else "draft"
        return self._get_delivery_stage()

    def _get_delivery_stage(self):
        """Return the stage of a confirmed order.

        What comes back is told apart from what goes out: Odoo's delivery status
        takes an announced return for a delivery that is still to be made.
        """
        transfers = self.picking_ids.filtered(lambda one: one.state != "cancel")
        going = transfers.filtered(lambda one: not one._is_coming_back())
        if not going:
            return "delivered" if self._is_service_done() else "approved"
        if all(transfer.state == "done" for transfer in going):
            return "returned" if self._is_returned() else "delivered"
        if any(self.order_line.mapped("qty_delivered")):
            return "shipped"
        started = any(one.state == "done" or one.printed for one in going)
        return "processing" if started else "approved"

    def _is_service_done(self):
        """Return whether an order without deliveries is done to the last hour."""
        lines = self.order_line.filtered(
            lambda line: not line.display_type and line.product_uom_qty > 0
        )
        return bool(lines) and all(
            line.product_uom_id.compare(line.qty_delivered, line.product_uom_qty) >= 0
            for line in lines
        )

    def _is_returned(self):
        """Return whether all that had been delivered came back."""
        lines = self.order_line.filtered(lambda line: line.product_uom_qty > 0)
        returned = lines.move_ids.filtered(
            lambda move: move.origin_returned_move_id and move.state == "done"
        )
        goods = returned.sale_line_id
        return bool(returned) and not any(goods.mapped("qty_delivered"))


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _is_coming_back(self):
        """Return whether the transfer brings goods back from the customer."""
        self.ensure_one()
        return bool(self.return_id) or self.picking_type_code == "incoming"
