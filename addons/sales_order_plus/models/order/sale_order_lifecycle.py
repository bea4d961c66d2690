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

    @api.depends("state", "delivery_status", "hold_since", "order_line.qty_delivered")
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
        """Return the stage of a confirmed order."""
        if self.delivery_status == "full":
            return "returned" if self._is_returned() else "delivered"
        stages = {"partial": "shipped", "started": "processing"}
        return stages.get(self.delivery_status, "approved")

    def _is_returned(self):
        """Return whether all that had been delivered came back."""
        lines = self.order_line.filtered(lambda line: line.product_uom_qty > 0)
        returned = lines.move_ids.filtered("origin_returned_move_id")
        return bool(returned) and not any(lines.mapped("qty_delivered"))
