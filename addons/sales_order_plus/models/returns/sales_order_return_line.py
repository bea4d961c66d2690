from odoo import api, fields, models

from ...exceptions import ReturnError
from ..seam.sales_own_fields import _SETTING

RESOLUTIONS = [
    ("refund", "Credit"),
    ("replacement", "Replace"),
    ("repair", "Repair and send back"),
    ("none", "Send back as it is"),
]
INSPECTIONS = [
    ("good", "Good"),
    ("damaged", "Damaged"),
    ("wrong", "Not what was delivered"),
    ("missing", "Did not come"),
]


class SalesOrderReturnLine(models.Model):
    """Goods of one order line that come back; also what the analysis counts."""

    _name = "sales.order.return.line"
    _description = "Returned Goods"
    _inherit = ["sales.own.fields.mixin", "sales.presence.mixin"]
    _order = "return_id, id"
    _rec_name = "order_line_id"

    return_id = fields.Many2one(
        "sales.order.return",
        required=True,
        index=True,
        ondelete="cascade",
        help="The return it belongs to.",
    )
    order_id = fields.Many2one(
        related="return_id.order_id", store=True, index=True, help="The order."
    )
    company_id = fields.Many2one(
        related="return_id.company_id", store=True, help="Its company."
    )
    user_id = fields.Many2one(
        related="return_id.user_id", store=True, help="Salesperson of the order."
    )
    partner_id = fields.Many2one(
        related="return_id.partner_id",
        string="Customer",
        store=True,
        help="Customer of the order.",
    )
    currency_id = fields.Many2one(
        related="return_id.currency_id", store=True, help="Currency of the order."
    )
    state = fields.Selection(
        related="return_id.state",
        string="Status",
        store=True,
        help="How far the return is.",
    )
    reason_id = fields.Many2one(
        related="return_id.reason_id", store=True, help="Why it comes back."
    )
    requested_on = fields.Datetime(
        related="return_id.requested_on", store=True, help="When it was asked for."
    )
    days_since_delivery = fields.Integer(
        related="return_id.days_since_delivery",
        store=True,
        aggregator="avg",
        help="Days between delivery and request.",
    )
    order_line_id = fields.Many2one(
        "sale.order.line",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('order_id', '=', order_id), ('qty_delivered', '>', 0)]",
        help="The line of the order that was delivered.",
    )
    product_id = fields.Many2one(
        related="order_line_id.product_id",
        store=True,
        index=True,
        help="What comes back.",
    )
    uom_id = fields.Many2one(
        related="order_line_id.product_uom_id",
        string="Unit",
        help="Unit of the order line; all quantities are in it.",
    )
    quantity = fields.Float(
        digits="Product Unit", default=1, help="How much the customer wants to return."
    )
    returnable_quantity = fields.Float(
        string="Can Be Returned",
        digits="Product Unit",
        compute="_compute_returnable_quantity",
        help="What was delivered and neither came back nor is about to.",
    )
    lot_ids = fields.Many2many(
        "stock.lot",
        string="Lots or Serial Numbers",
        domain="[('product_id', '=', product_id)]",
        help="Which ones come back; empty: any that were delivered.",
    )
    resolution = fields.Selection(
        selection=RESOLUTIONS,
        required=True,
        default="refund",
        help="What the customer gets for it.",
    )
    inspection = fields.Selection(
        selection=INSPECTIONS,
        readonly=True,
        copy=False,
        help="What the inspection found.",
    )
    inspection_note = fields.Char(readonly=True, copy=False, help="What was seen.")
    received_quantity = fields.Float(
        string="Received",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="What came back, by the warehouse's transfers.",
    )
    accepted_quantity = fields.Float(
        string="Accepted",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="What is credited or replaced; the rest goes back to the customer.",
    )
    amount = fields.Monetary(
        string="Value",
        compute="_compute_amount",
        store=True,
        help="What was paid for the quantity, without taxes.",
    )
    move_ids = fields.One2many(
        "stock.move",
        "sales_return_line_id",
        string="Moves",
        help="The moves that bring it back.",
    )

    _line_once = models.Constraint(
        "UNIQUE (return_id, order_line_id)",
        "Goods: each line of the order once; change its quantity instead.",
    )
    _quantities = models.Constraint(
        "CHECK (quantity >= 0 AND received_quantity >= 0"
        " AND accepted_quantity BETWEEN 0 AND received_quantity)",
        "Quantity, Accepted: no more is accepted than was received.",
    )

    @api.depends("quantity", "order_line_id", "return_id.state")
    def _compute_amount(self):
        for line in self:
            # The price as it is when asked for: changes later do not touch it.
            if line.return_id.state in ("draft", "requested") or not line.amount:
                price = line.order_line_id.price_reduce_taxexcl
                line.amount = line.currency_id.round(price * line.quantity)

    @api.depends("order_line_id")
    def _compute_returnable_quantity(self):
        for order, lines in self.grouped("order_id").items():
            quantities = order._get_returnable_quantities() if order else {}
            for line in lines:
                # A draft is made of an order line that has an id.
                id_ = line.order_line_id._origin.id
                line.returnable_quantity = quantities.get(id_, 0)

    # === Only in drafts === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_own_create(vals_list)
        ids = {vals.get("return_id") for vals in vals_list}
        self.env["sales.order.return"].browse(filter(None, ids))._check_editable()
        return super().create(vals_list)

    def write(self, vals):
        self._check_own_write(vals)
        # What our own methods set, such as another outcome by the inspection, is no edit.
        if set(vals) - self._get_free_fields() - _SETTING.get():
            returns = self.return_id
            if vals.get("return_id"):
                returns |= returns.browse(vals["return_id"])
            returns._check_editable()
        return super().write(vals)

    @api.model
    def _get_free_fields(self):
        """Return what may be written later: our own, and what follows the return."""
        stored = {
            name
            for name, field in self._fields.items()
            if field.related or field.compute
        }
        return self._get_own_fields() | stored

    @api.ondelete(at_uninstall=False)
    def _unlink_except_requested(self):
        self.return_id._check_editable()


class SalesOrderReturn(models.Model):
    _inherit = "sales.order.return"

    def _check_editable(self):
        if any(one.state != "draft" for one in self):
            raise ReturnError(
                self.env._(
                    "Goods: the return was asked for already. Withdraw it and make a "
                    "new one."
                ),
                field="line_ids",
                rule="draft",
            )
