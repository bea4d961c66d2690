from odoo import api, fields, models

ORDER_PRIORITIES = [
    ("0", "Low"),
    ("1", "Normal"),
    ("2", "High"),
    ("3", "Critical"),
]
URGENT = ("2", "3")


class SaleOrder(models.Model):
    """How much an order hurries; what hurries is starred in the warehouse."""

    _inherit = "sale.order"

    order_priority = fields.Selection(
        selection=ORDER_PRIORITIES,
        string="Priority",
        compute="_compute_order_priority",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        groups="base.group_user",
        help="High and critical orders are starred in the warehouse and get stock "
        "first.",
    )

    @api.depends("order_type_id")
    def _compute_order_priority(self):
        for order in self:
            given = order.order_type_id.order_priority
            order.order_priority = given or order.order_priority or "1"

    def write(self, vals):
        result = super().write(vals)
        if "order_priority" in vals:
            self._sync_delivery_priority()
        return result

    def _sync_delivery_priority(self):
        """Star the open deliveries of confirmed orders, or take the star off."""
        for order in self.filtered(lambda one: one.state == "sale"):
            # sudo: a salesperson need not write transfers to say what hurries.
            pickings = order.sudo().picking_ids.filtered(
                lambda picking: picking.state not in ("done", "cancel")
            )
            pickings.write({"priority": order._get_move_priority()})

    def _get_move_priority(self):
        self.ensure_one()
        # sudo: the field is internal, the customer may be the one who confirms.
        return "1" if self.sudo().order_priority in URGENT else "0"


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _prepare_procurement_values(self):
        values = super()._prepare_procurement_values()
        if self.order_id._get_move_priority() == "1":
            values["priority"] = "1"
        return values


class StockMove(models.Model):
    _inherit = "stock.move"

    def _get_new_picking_values(self):
        """Star the new transfer: its moves take their priority from it alone."""
        values = super()._get_new_picking_values()
        # sudo: the warehouse need not read orders.
        moves = self.sudo()
        orders = moves.sale_line_id.order_id | moves.reference_ids.sale_ids
        if any(order._get_move_priority() == "1" for order in orders):
            values["priority"] = "1"
        return values
