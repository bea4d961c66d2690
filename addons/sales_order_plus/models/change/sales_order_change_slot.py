from odoo import api, fields, models


class SalesOrderChangeLine(models.Model):
    """A new day with hours goes into a slot of the warehouse that has room."""

    _inherit = "sales.order.change.line"

    warehouse_id = fields.Many2one(
        related="change_id.order_id.warehouse_id", help="Warehouse of the order."
    )
    slot_id = fields.Many2one(
        "sales.delivery.slot",
        string="Delivery Slot",
        ondelete="set null",
        index="btree_not_null",
        domain="[('warehouse_id', '=', warehouse_id)]",
        help="Hours in which the warehouse delivers; they are taken over.",
    )
    window_from = fields.Float(
        compute="_compute_window", store=True, readonly=False, precompute=True
    )
    window_to = fields.Float(
        compute="_compute_window", store=True, readonly=False, precompute=True
    )

    @api.depends("slot_id")
    def _compute_window(self):
        for line in self:
            slot = line.slot_id
            line.window_from = slot.hour_from if slot else line.window_from
            line.window_to = slot.hour_to if slot else line.window_to

    def _check_date(self):
        super()._check_date()
        day = self.requested_date
        if self.slot_id and (not day or str(day.weekday()) != self.slot_id.weekday):
            self._refuse(
                "requested_date",
                "weekday",
                self.env._(
                    "the slot is %s; choose such a day", self.slot_id.display_name
                ),
            )
        if not day or not self.window_to:
            return
        # sudo: other orders in the slot may be hidden from who asks.
        order = self.change_id.order_id.sudo()
        slots = self.env["sales.delivery.slot"]._get_of(order.warehouse_id)
        if text := order._get_slot_refusal(slots, day, self.window_from):
            self._refuse("window_from", "slot", text)
