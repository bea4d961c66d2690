from odoo import api, fields, models

from ...exceptions import AppendOnlyError, CancellationError
from .sales_cancel_reason import CATEGORIES

STATES = [
    ("draft", "Draft"),
    ("submitted", "Submitted"),
    ("applied", "Cancelled"),
    ("refused", "Refused"),
    ("withdrawn", "Withdrawn"),
    ("retained", "Retained"),
]
FINAL = ("applied", "refused", "withdrawn", "retained")


class SalesOrderCancellation(models.Model):
    """What is to be cancelled of an order, why, and what came of it.

    Written by people while it is a draft, by its own methods until it is decided, and
    by nobody afterwards.
    """

    _name = "sales.order.cancellation"
    _description = "Cancellation"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "sales.guard.mixin",
        "sales.own.fields.mixin",
        "sales.presence.mixin",
    ]
    _order = "id desc"

    name = fields.Char(
        readonly=True,
        copy=False,
        default=lambda self: self.env._("New"),
        help="Number of the cancellation.",
    )
    order_id = fields.Many2one(
        "sale.order",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('state', '!=', 'cancel')]",
        help="The order to cancel, or to cancel lines of.",
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, index=True, help="Its company."
    )
    user_id = fields.Many2one(
        related="order_id.user_id",
        string="Salesperson",
        store=True,
        help="Salesperson of the order.",
    )
    partner_id = fields.Many2one(
        related="order_id.partner_id",
        string="Customer",
        store=True,
        index=True,
        help="Customer of the order.",
    )
    currency_id = fields.Many2one(
        related="order_id.currency_id", help="Currency of the amounts."
    )
    kind = fields.Selection(
        selection=[("full", "Whole Order"), ("lines", "Lines")],
        string="What",
        required=True,
        default="full",
        help="The order as a whole, or quantities of its lines.",
    )
    state = fields.Selection(
        selection=STATES,
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        help="How far the cancellation is.",
    )
    channel = fields.Selection(
        selection=[("staff", "Staff"), ("rpc", "Program"), ("portal", "Customer")],
        default="staff",
        required=True,
        readonly=True,
        help="Who asked for it, and how.",
    )
    reason_id = fields.Many2one(
        "sales.cancel.reason",
        ondelete="restrict",
        help="Why; needed to submit.",
    )
    reason_category = fields.Selection(
        selection=CATEGORIES,
        related="reason_id.category",
        store=True,
        help="What the reason is counted as.",
    )
    requires_note = fields.Boolean(
        related="reason_id.requires_note", help="The reason needs a note."
    )
    note = fields.Text(help="What there is to say about it.")
    line_ids = fields.One2many(
        "sales.order.cancellation.line",
        "cancellation_id",
        string="Lines",
        copy=True,
        help="What is cancelled; all of it, or nothing.",
    )
    impact = fields.Json(
        readonly=True,
        copy=False,
        help="What a trial of the cancellation brought about.",
    )
    impact_on = fields.Datetime(
        string="Tried on", readonly=True, copy=False, help="When the trial was made."
    )
    result = fields.Json(
        readonly=True, copy=False, help="What it really brought about."
    )
    amount = fields.Monetary(
        string="Cancelled Value",
        readonly=True,
        copy=False,
        help="What is cancelled is worth, without taxes.",
    )
    fee_amount = fields.Monetary(
        string="Restocking Fee", readonly=True, copy=False, help="Without taxes."
    )
    refund_amount = fields.Monetary(
        string="To Pay Back",
        readonly=True,
        copy=False,
        help="What the customer has paid too much then, with taxes.",
    )
    requested_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, help="Who asked for it."
    )
    requested_on = fields.Datetime(
        readonly=True, copy=False, help="When it was asked for."
    )
    requested_tz = fields.Char(
        string="Time Zone",
        readonly=True,
        copy=False,
        help="Time zone of who asked for it.",
    )
    approved_on = fields.Datetime(
        readonly=True, copy=False, help="When the last approval was given."
    )
    decided_by_id = fields.Many2one(
        "res.users",
        string="Decided by",
        readonly=True,
        copy=False,
        help="Who applied, refused or withdrew it.",
    )
    decided_on = fields.Datetime(readonly=True, copy=False, help="When it was decided.")
    decision_note = fields.Text(
        readonly=True, copy=False, help="Why it was refused or withdrawn."
    )
    effective_on = fields.Datetime(
        readonly=True, copy=False, help="Since when the order is cancelled."
    )
    summary = fields.Char(
        compute="_compute_summary", store=True, help="What is cancelled, in one line."
    )

    @api.depends("kind", "line_ids.quantity", "line_ids.order_line_id")
    def _compute_summary(self):
        for one in self:
            texts = [line._get_text() for line in one.line_ids if line.order_line_id]
            whole = self.env._("Whole order") if one.kind == "full" else False
            one.summary = whole or ", ".join(texts)

    def action_open_order(self):
        """Open the order.

        :return: window action
        """
        self.ensure_one()
        return self.order_id._get_records_action()

    def action_fill_lines(self):
        """Propose all that is still open of the order.

        :return: True
        """
        for one in self:
            one._ensure_state("draft")
            one.line_ids.unlink()
            one.kind = "lines"
            quantities = one.order_id._get_cancellable_quantities()
            one.line_ids = one.line_ids.browse().create(
                one._prepare_line_vals(quantities)
            )
        return True

    def _prepare_line_vals(self, quantities):
        """Return the values of lines for {order line id: quantity}."""
        return [
            {"cancellation_id": self.id, "order_line_id": id_, "quantity": quantity}
            for id_, quantity in quantities.items()
        ]

    # === Seams === #

    @api.model
    def _get_guard_transitions(self):
        return {**super()._get_guard_transitions(), "applied": "cancel"}

    def _get_guard_operation(self):
        self.ensure_one()
        return "cancel" if self.state in ("draft", "submitted") else False

    # === Append only === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_own_create(vals_list)
        # sudo: salespeople may not read sequences.
        sequence = self.env["ir.sequence"].sudo()
        code = "sales.order.cancellation"
        records = super().create(
            [{**vals, "name": sequence.next_by_code(code) or "/"} for vals in vals_list]
        )
        for one in records:
            one.order_id.check_access("write")
            one._check_order()
        return records

    def _check_order(self):
        if self.order_id.state == "cancel":
            raise CancellationError(
                self.env._("Order: %s is cancelled already.", self.order_id.name),
                field="order_id",
                rule="state",
            )

    def _get_content(self, vals):
        """Return the names of our own fields in ``vals``; the rest is the chatter's."""
        return {
            name
            for name in vals
            if (self._fields[name]._module or "").startswith("sales_")
        }

    def write(self, vals):
        self._check_own_write(vals)
        content = self._get_content(vals)
        if content and self.filtered(lambda one: one.state in FINAL):
            raise AppendOnlyError(
                self.env._("A decided cancellation stays as it is. Make a new one.")
            )
        typed = content - self._get_own_fields() - {"summary", "line_ids"}
        if typed and self.filtered(lambda one: one.state != "draft"):
            raise CancellationError(
                self.env._("Cancellation: it is submitted already. Withdraw it first."),
                field=sorted(typed)[0],
                rule="draft",
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        if any(one.state != "draft" for one in self):
            raise AppendOnlyError(
                self.env._("Only drafts can be deleted. Withdraw it instead.")
            )
