from odoo import api, fields, models


class SaleOrder(models.Model):
    """How far a confirmed order is with what it lacked, to search and group by."""

    _inherit = "sale.order"

    backorder_state = fields.Selection(
        selection=[
            ("open", "Waiting"),
            ("partly", "Partly Allocated"),
            ("ready", "Ready"),
            ("done", "Done"),
        ],
        compute="_compute_backorder_state",
        store=True,
        index="btree_not_null",
        groups="base.group_user",
        help="Empty: nothing was ever short. Waiting: nothing of what is short is "
        "there. Partly allocated: some of it is. Ready: all of it is reserved. Done: "
        "delivered, or closed.",
        prefetch="sales_rare",
    )
    fulfilment_percent = fields.Float(
        string="Shipped (%)",
        compute="_compute_fulfilment_percent",
        groups="base.group_user",
        help="How much of the goods of the order was shipped, by quantity.",
    )

    @api.depends(
        "state",
        "delivery_status",
        "backorder_ids.state",
        "backorder_ids.qty_reserved",
    )
    def _compute_backorder_state(self):
        for order in self:
            order.backorder_state = order._get_backorder_state()

    def _get_backorder_state(self):
        found = self.backorder_ids
        if not found:
            return False
        waiting = found.filtered(lambda one: one.state == "open")
        if not waiting:
            filled = "filled" in found.mapped("state")
            over = self.state != "sale" or self.delivery_status == "full"
            return "ready" if filled and not over else "done"
        partly = any(waiting.mapped("qty_reserved")) or len(waiting) < len(found)
        return "partly" if partly else "open"

    @api.depends("state", "order_line.qty_delivered", "order_line.product_uom_qty")
    def _compute_fulfilment_percent(self):
        # Nothing of a quotation is shipped.
        quotations = self.filtered(lambda order: order.state in ("draft", "sent"))
        quotations.fulfilment_percent = 0.0
        for order in self - quotations:
            lines = order.order_line.filtered(lambda line: line._has_fulfilment())
            ordered = sum(lines.mapped("product_uom_qty"))
            shipped = sum(
                min(line.qty_delivered, line.product_uom_qty) for line in lines
            )
            order.fulfilment_percent = 100 * shipped / ordered if ordered else 0.0

    # === Shipments === #

    def _get_shipments(self):
        """Return all transfers to the customer that are not cancelled, the first first.

        :return: transfers in sudo: who sees the order sees what became of it
        """
        self.ensure_one()
        # sudo: Odoo shows a colleague of the customer the order, not its transfers.
        order = self.sudo()
        if self.state in ("draft", "sent"):
            return order.env["stock.picking"]
        pickings = order.picking_ids | order.order_line.move_ids.picking_id
        return pickings.filtered(
            lambda one: (
                one.picking_type_id.code in ("outgoing", "dropship")
                and one.state != "cancel"
                and one.location_dest_id._is_outgoing()
            )
        ).sorted(
            lambda one: (
                one.state != "done",
                one.date_done or one.scheduled_date,
                one.id,
            )
        )

    def _get_shipment_moves(self, picking):
        """Return the moves of a transfer that are about this order."""
        self.ensure_one()
        return picking.move_ids.filtered(
            lambda move: move.sale_line_id.order_id == self and move.state != "cancel"
        )

    def _get_portal_fulfilment(self):
        """Return [(line, parts of its bar)] of the goods of the order, in sudo."""
        self.ensure_one()
        if self.state != "sale":
            return []
        lines = self.sudo().order_line.filtered(lambda line: line._has_fulfilment())
        return [(line, line._prepare_fulfilment_parts()) for line in lines]
