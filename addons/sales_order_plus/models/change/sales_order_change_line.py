from odoo import api, fields, models

from ...exceptions import AppendOnlyError
from ..order.sale_order_priority import ORDER_PRIORITIES

KINDS = [
    ("quantity", "Quantity"),
    ("price", "Price or Discount"),
    ("substitute", "Other Product"),
    ("add", "New Line"),
    ("remove", "Remove Line"),
    ("date", "Delivery Date and Hours"),
    ("delivery_address", "Delivery Address"),
    ("invoice_address", "Invoice Address"),
    ("carrier", "Carrier or Service"),
    ("payment_term", "Payment Terms"),
    ("payment_method", "Payment Method"),
    ("priority", "Priority"),
    ("instructions", "Delivery Instructions"),
    ("special", "Special Request"),
]
# Kinds that are about one line of the order.
OF_LINE = ("quantity", "price", "substitute", "remove")


class SalesOrderChangeLine(models.Model):
    """One change of a request; which fields count depends on its kind."""

    _name = "sales.order.change.line"
    _description = "Change"
    _inherit = ["sales.own.fields.mixin"]
    _order = "change_id, sequence, id"

    change_id = fields.Many2one(
        "sales.order.change",
        string="Change Request",
        required=True,
        index=True,
        ondelete="cascade",
        help="The request it belongs to.",
    )
    sequence = fields.Integer(default=10, help="Order in the list.")
    order_id = fields.Many2one(related="change_id.order_id", help="The order.")
    currency_id = fields.Many2one(
        related="change_id.order_id.currency_id", help="Currency of the order."
    )
    partner_shown_id = fields.Many2one(
        related="change_id.order_id.partner_id.commercial_partner_id",
        help="Company of the customer, for choosing an address.",
    )
    kind = fields.Selection(
        selection=KINDS,
        string="What",
        required=True,
        default="quantity",
        help="What is changed.",
    )
    line_id = fields.Many2one(
        "sale.order.line",
        string="Order Line",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('order_id', '=', order_id), ('display_type', '=', False)]",
        help="The line of the order that is changed.",
    )
    new_line_id = fields.Many2one(
        "sale.order.line",
        string="Created Line",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The line of the order that the change added.",
    )
    product_id = fields.Many2one(
        "product.product",
        domain="[('sale_ok', '=', True)]",
        help="The new product, or the one to deliver instead.",
    )
    quantity = fields.Float(
        digits="Product Unit",
        compute="_compute_line_values",
        store=True,
        readonly=False,
        precompute=True,
        help="New ordered quantity in the unit of the line; of another product: how "
        "many of them, in the same unit, instead of what is open.",
    )
    price_unit = fields.Float(
        string="Unit Price",
        digits="Product Price",
        compute="_compute_line_values",
        store=True,
        readonly=False,
        precompute=True,
        help="New price in the currency of the order; of new lines 0 means the price "
        "list decides.",
    )
    discount = fields.Float(
        string="Discount (%)",
        digits="Discount",
        compute="_compute_line_values",
        store=True,
        readonly=False,
        precompute=True,
        help="New discount in percent.",
    )
    keep_price = fields.Boolean(
        help="The other product is sold at the price of the one it stands in for.",
    )
    commitment_date = fields.Datetime(
        string="Promised Delivery", help="When the goods are to be delivered."
    )
    requested_date = fields.Date(
        string="Requested Day",
        help="Day on which the customer wants the delivery, where no hour is promised.",
    )
    window_from = fields.Float(help="Earliest hour, in the time zone of the order.")
    window_to = fields.Float(help="Latest hour; 0: any time of the day.")
    partner_id = fields.Many2one(
        "res.partner", string="Address", help="The new address of the customer."
    )
    carrier_id = fields.Many2one("delivery.carrier", help="The new carrier or service.")
    freight = fields.Float(
        digits="Product Price",
        help="What the customer pays for a carrier whose price is asked from a "
        "service; others are priced by their rules.",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term", string="Payment Terms", help="The new terms."
    )
    order_priority = fields.Selection(
        selection=ORDER_PRIORITIES, string="Priority", help="The new priority."
    )
    text = fields.Text(string="Instructions", help="The new delivery instructions.")
    old_value = fields.Char(
        string="Before",
        readonly=True,
        copy=False,
        help="What it was when the request was made.",
    )
    new_value = fields.Char(
        string="After", readonly=True, copy=False, help="What it is to be."
    )
    summary = fields.Char(
        compute="_compute_summary", store=True, help="The change in a few words."
    )

    @api.depends("line_id", "kind")
    def _compute_line_values(self):
        for change in self:
            line = change.line_id
            if change.kind in ("quantity", "price") and line:
                change.quantity = line.product_uom_qty
                change.price_unit = line.price_unit
                change.discount = line.discount
            elif change.kind == "substitute" and line:
                change.quantity = max(line.product_uom_qty - line.qty_delivered, 0)
                change.price_unit = change.discount = 0
            else:
                change.quantity = change.quantity or (change.kind == "add")
                change.price_unit = change.price_unit or 0
                change.discount = change.discount or 0

    @api.depends("kind", "line_id", "product_id", "old_value", "new_value")
    def _compute_summary(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for change in self:
            product = change.line_id.product_id or change.product_id
            what = " ".join(
                filter(None, (product.display_name, labels.get(change.kind)))
            )
            change.summary = (
                f"{what}: {change.old_value or '-'} → {change.new_value or '-'}"
            )

    # === As people read it === #

    def _prepare_text_vals(self):
        """Return what it is and what it is to be, as text."""
        self.ensure_one()
        getter = getattr(self, f"_get_text_{self.kind}", None)
        old, new = getter() if getter else self._get_text_field()
        return {"old_value": old or False, "new_value": new or False}

    def _get_text_field(self):
        """Return the texts of the kinds that set one field of the order."""
        name, value_of = {
            "delivery_address": ("partner_shipping_id", "partner_id"),
            "invoice_address": ("partner_invoice_id", "partner_id"),
            "payment_term": ("payment_term_id", "payment_term_id"),
            "payment_method": (
                "preferred_payment_method_line_id",
                "payment_method_line_id",
            ),
            "priority": ("order_priority", "order_priority"),
            "instructions": ("delivery_instructions", "text"),
            "carrier": ("carrier_id", "carrier_id"),
        }[self.kind]
        order = self.change_id.order_id.sudo()
        return tuple(
            order._get_term_text(order, name, getattr(value, "id", value) or False)
            for value in (order[name], self[value_of])
        )

    def _get_text_quantity(self):
        unit = self.line_id.product_uom_id.name or ""
        return tuple(
            f"{value:g} {unit}"
            for value in (self.line_id.product_uom_qty, self.quantity)
        )

    def _get_text_price(self):
        line = self.line_id
        return tuple(
            f"{price:g} -{discount:g} %" if discount else f"{price:g}"
            for price, discount in (
                (line.price_unit, line.discount),
                (self.price_unit, self.discount),
            )
        )

    def _get_text_substitute(self):
        line = self.line_id
        open_quantity = max(line.product_uom_qty - line.qty_delivered, 0)
        return (
            f"{open_quantity:g} {line.product_id.display_name}",
            f"{self.quantity:g} {self.product_id.display_name}",
        )

    def _get_text_add(self):
        return "", f"{self.quantity:g} {self.product_id.display_name or ''}"

    def _get_text_remove(self):
        return self._get_text_quantity()[0], self.env._("removed")

    def _get_text_date(self):
        order = self.change_id.order_id.sudo()
        return (
            self._get_date_text(
                order.commitment_date,
                order.requested_date,
                order.requested_window_from,
                order.requested_window_to,
            ),
            self._get_date_text(
                self.commitment_date,
                self.requested_date,
                self.window_from,
                self.window_to,
            ),
        )

    def _get_date_text(self, promised, wanted, start, end):
        if promised:
            zone = self.change_id.order_id.sudo().order_tz
            local = fields.Datetime.context_timestamp(
                self.with_context(tz=zone), promised
            )
            return local.strftime("%Y-%m-%d %H:%M")
        if not wanted:
            return ""
        hours = f" {start:g}-{end:g}" if end else ""
        return f"{fields.Date.to_string(wanted)}{hours}"

    # === Only in drafts === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_own_create(vals_list)
        ids = {vals.get("change_id") for vals in vals_list}
        self.env["sales.order.change"].browse(filter(None, ids))._check_editable()
        lines = super().create(vals_list)
        lines._refresh_texts()
        return lines

    def write(self, vals):
        self._check_own_write(vals)
        own = self._get_own_fields()
        if set(vals) <= own:
            return super().write(vals)
        changes = self.change_id
        if vals.get("change_id"):
            changes |= changes.browse(vals["change_id"])
        changes._check_editable()
        result = super().write(vals)
        self._refresh_texts()
        return result

    def _refresh_texts(self):
        for line in self:
            line._write_own(line._prepare_text_vals())

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        self.change_id._check_editable()


class SalesOrderChange(models.Model):
    _inherit = "sales.order.change"

    def _check_editable(self):
        if any(change.state != "draft" for change in self):
            raise AppendOnlyError(
                self.env._(
                    "Changes: the request is no draft any more. Take it back with "
                    "Review, or make a new one."
                )
            )
