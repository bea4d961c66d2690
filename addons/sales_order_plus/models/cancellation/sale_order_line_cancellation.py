from odoo import api, fields, models

from ...exceptions import OwnFieldError


class SaleOrderLine(models.Model):
    """How much of a line is cancelled, and can be."""

    _inherit = "sale.order.line"

    cancellation_line_ids = fields.One2many(
        "sales.order.cancellation.line",
        "order_line_id",
        string="Cancellations",
        groups="base.group_user",
        help="What was to be cancelled of the line.",
    )
    qty_cancelled = fields.Float(
        string="Cancelled",
        digits="Product Unit",
        compute="_compute_qty_cancelled",
        store=True,
        groups="base.group_user",
        help="How much of what was ordered once is cancelled, in the unit of the line.",
        prefetch="sales_rare",
    )

    @api.depends(
        "state",
        "cancellation_line_ids.state",
        "cancellation_line_ids.kind",
        "cancellation_line_ids.quantity",
    )
    def _compute_qty_cancelled(self):
        if not self.env["sales.order.cancellation.line"]._has_records():
            self.qty_cancelled = 0.0
            return
        for line in self:
            # A quotation made of a cancelled order starts anew.
            line.qty_cancelled = sum(
                one.quantity
                for one in line.cancellation_line_ids
                if one.state == "applied"
                and (one.kind == "lines" or line.state == "cancel")
            )

    def _get_cancellable_quantity(self):
        """Return how much is ordered and not delivered, in the unit of the line."""
        self.ensure_one()
        if self.display_type or self.is_downpayment or self._is_cancellation_fee():
            return 0.0
        left = self.product_uom_qty - max(self.qty_delivered, 0)
        return max(self.product_uom_id.round(left), 0.0) if left else 0.0

    def _is_cancellation_fee(self):
        """Return whether the line is what a cancellation costs."""
        return False

    def _get_cancelled_worth(self, quantity):
        """Return what a quantity of this line is worth, without taxes."""
        self.ensure_one()
        if not self.product_uom_qty:
            return 0.0
        part = quantity / self.product_uom_qty
        return self.currency_id.round(self.price_subtotal * part)

    def _check_moves_cancellable(self):
        """Refuse where goods are in somebody's hands, or come from a supplier."""
        self.ensure_one()
        if not self.display_type:
            for move in self._get_final_moves():
                self._check_lowerable(move)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_cancelled_by_hand(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_cancelled_by_hand(vals)
        return super().write(vals)

    def _check_cancelled_by_hand(self, vals):
        if vals.get("qty_cancelled"):
            raise OwnFieldError(
                self.env._("Cancelled: cancel lines with Cancel on the order."),
                field="qty_cancelled",
                rule="own_field",
            )
