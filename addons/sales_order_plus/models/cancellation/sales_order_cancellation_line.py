from odoo import api, fields, models

from ...exceptions import AppendOnlyError, CancellationError


class SalesOrderCancellationLine(models.Model):
    """How much of a line of the order is cancelled."""

    _name = "sales.order.cancellation.line"
    _description = "Cancelled Line"
    _inherit = ["sales.own.fields.mixin", "sales.presence.mixin"]
    _order = "cancellation_id, id"

    cancellation_id = fields.Many2one(
        "sales.order.cancellation",
        required=True,
        index=True,
        ondelete="cascade",
        help="The cancellation it belongs to.",
    )
    state = fields.Selection(
        related="cancellation_id.state", store=True, help="How far it is."
    )
    kind = fields.Selection(
        related="cancellation_id.kind", store=True, help="Whole order or lines."
    )
    order_id = fields.Many2one(related="cancellation_id.order_id", help="The order.")
    currency_id = fields.Many2one(
        related="cancellation_id.order_id.currency_id", help="Currency of the order."
    )
    order_line_id = fields.Many2one(
        "sale.order.line",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('order_id', '=', order_id), ('display_type', '=', False)]",
        help="The line of the order.",
    )
    product_id = fields.Many2one(
        related="order_line_id.product_id", help="Its product."
    )
    product_uom_id = fields.Many2one(
        related="order_line_id.product_uom_id", help="Unit of the quantity."
    )
    quantity = fields.Float(
        digits="Product Unit",
        compute="_compute_quantity",
        store=True,
        readonly=False,
        precompute=True,
        help="How much is cancelled, in the unit of the line.",
    )
    open_quantity = fields.Float(
        string="Open",
        digits="Product Unit",
        compute="_compute_open_quantity",
        help="How much can be cancelled.",
    )
    amount = fields.Monetary(
        string="Value",
        readonly=True,
        copy=False,
        help="What the quantity is worth in the order, without taxes.",
    )
    fee_amount = fields.Monetary(
        string="Fee", readonly=True, copy=False, help="Restocking fee, without taxes."
    )

    _line_uniq = models.UniqueIndex(
        "(cancellation_id, order_line_id)",
        "Name each line of the order once.",
    )
    _check_quantity = models.Constraint(
        "CHECK(quantity >= 0)", "Quantity: only what is there can be cancelled."
    )

    @api.depends("order_line_id")
    def _compute_quantity(self):
        for line in self:
            line.quantity = line.order_line_id._get_cancellable_quantity()

    @api.depends("order_line_id")
    def _compute_open_quantity(self):
        for line in self:
            line.open_quantity = line.order_line_id._get_cancellable_quantity()

    def _get_text(self):
        self.ensure_one()
        product = self.product_id.display_name or self.order_line_id.name
        return f"{self.quantity:g} {product}"

    def _check_cancellable(self):
        """Refuse what is not there to be cancelled."""
        for line in self:
            if line.order_line_id.order_id != line.order_id:
                raise line._get_error(
                    "order",
                    self.env._("Line: it does not belong to %s.", line.order_id.name),
                )
            unit = line.product_uom_id
            if unit.compare(line.quantity, 0) <= 0:
                raise line._get_error(
                    "positive",
                    self.env._(
                        "Quantity: say how many %s are cancelled.",
                        line.product_id.display_name,
                    ),
                )
            if unit.compare(line.quantity, line.open_quantity) > 0:
                raise line._get_too_much_error()

    def _get_too_much_error(self):
        self.ensure_one()
        return self._get_error(
            "delivered" if self.order_line_id.qty_delivered else "open",
            self.env._(
                "Quantity: %(open)s of %(product)s are still open, %(delivered)s are "
                "delivered. Cancel at most what is open; what is delivered can be "
                "returned (Return on the order).",
                open=f"{self.open_quantity:g}",
                delivered=f"{self.order_line_id.qty_delivered:g}",
                product=self.product_id.display_name,
            ),
        )

    def _get_error(self, rule, message):
        return CancellationError(
            message, field="quantity", rule=rule, line_id=self.order_line_id.id
        )

    # === Append only === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_own_create(vals_list)
        lines = super().create(vals_list)
        lines._check_draft()
        return lines

    def write(self, vals):
        self._check_own_write(vals)
        if not self._get_own_fields().issuperset(vals):
            self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        self._check_draft()

    def _check_draft(self):
        if any(line.cancellation_id.state != "draft" for line in self):
            raise AppendOnlyError(
                self.env._("A submitted cancellation keeps its lines. Withdraw it.")
            )
