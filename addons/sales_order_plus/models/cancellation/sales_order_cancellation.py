from odoo import api, fields, models

from ...exceptions import CancellationError

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
    _inherit = ["sales.order.request.mixin"]
    _order = "id desc"
    _request_error = CancellationError
    _request_code = "cancellation"
    _request_final = FINAL
    _request_free = frozenset({"summary", "line_ids"})

    name = fields.Char(help="Number of the cancellation.")
    order_id = fields.Many2one(
        domain="[('state', '!=', 'cancel')]",
        help="The order to cancel, or to cancel lines of.",
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
    reason_id = fields.Many2one(
        "sales.cancel.reason",
        ondelete="restrict",
        help="Why; needed to submit.",
    )
    reason_category = fields.Selection(
        related="reason_id.category", store=True, help="What the reason is counted as."
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

    def _get_request_texts(self):
        return {
            "final": self.env._(
                "A decided cancellation stays as it is. Make a new one."
            ),
            "submitted": self.env._(
                "Cancellation: it is submitted already. Withdraw it first."
            ),
            "unlink": self.env._("Only drafts can be deleted. Withdraw it instead."),
            "again": self.env._("Make a new one."),
        }

    def _get_request_steps(self):
        return {"draft": self.env._("Submit it first.")}

    def _prepare_decided_vals(self):
        return {**super()._prepare_decided_vals(), "decided_by_id": self.env.uid}

    def _check_order(self):
        super()._check_order()
        if self.order_id.state == "cancel":
            raise CancellationError(
                self.env._("Order: %s is cancelled already.", self.order_id.name),
                field="order_id",
                rule="state",
            )
