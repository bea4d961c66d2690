from odoo import api, fields, models
from odoo.fields import Command

from ...exceptions import AppendOnlyError, ReturnError

STATES = [
    ("draft", "Draft"),
    ("requested", "Requested"),
    ("authorised", "Authorised"),
    ("received", "Received"),
    ("closed", "Closed"),
    ("refused", "Refused"),
    ("withdrawn", "Withdrawn"),
]
# Still to be settled: what was asked for is not free to be asked for again.
OPEN = ("requested", "authorised", "received")
FINAL = ("closed", "refused", "withdrawn")


class SalesOrderReturn(models.Model):
    """Goods that come back: asked for, authorised, received, looked at and settled."""

    _name = "sales.order.return"
    _description = "Return"
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
        help="Number of the return; the customer writes it on the parcel.",
    )
    order_id = fields.Many2one(
        "sale.order",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('state', '=', 'sale')]",
        help="The order whose goods come back.",
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
        related="order_id.currency_id", store=True, help="Currency of the amounts."
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
        help="How far the return is.",
    )
    channel = fields.Selection(
        selection=[("staff", "Staff"), ("rpc", "Program"), ("portal", "Customer")],
        default="staff",
        required=True,
        readonly=True,
        help="Who asked for it, and how.",
    )
    reason_id = fields.Many2one(
        "sales.return.reason",
        index="btree_not_null",
        ondelete="restrict",
        help="Why the goods come back; needed to ask for the return.",
    )
    reason_category = fields.Selection(
        related="reason_id.category", store=True, help="Kind of the reason."
    )
    note = fields.Text(string="Customer's Note", help="What the customer says of it.")
    internal_note = fields.Text(help="For colleagues only.")
    line_ids = fields.One2many(
        "sales.order.return.line",
        "return_id",
        string="Goods",
        copy=False,
        help="What comes back.",
    )
    picking_ids = fields.One2many(
        "stock.picking",
        "sales_return_id",
        string="Transfers",
        help="Transfers that bring the goods back, or out again.",
    )
    credit_note_ids = fields.One2many(
        "account.move",
        "sales_return_id",
        string="Credit Notes",
        help="What was credited for the return.",
    )
    days_since_delivery = fields.Integer(
        string="Days since Delivery",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Days between the last delivery of these goods and the request, in the "
        "customer's time zone.",
    )
    is_late = fields.Boolean(
        string="After the Deadline",
        readonly=True,
        copy=False,
        help="Asked for by staff after the days that the policy gives.",
    )
    amount = fields.Monetary(
        string="Value",
        compute="_compute_amount",
        store=True,
        help="What was paid for the goods asked to come back, without taxes.",
    )
    fee_amount = fields.Monetary(
        string="Restocking Fee",
        readonly=True,
        copy=False,
        help="What was kept back, without taxes.",
    )
    credited_amount = fields.Monetary(
        string="Credited",
        readonly=True,
        copy=False,
        help="What was credited, with taxes and less the fee.",
    )
    requested_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, help="Who asked for the return."
    )
    requested_on = fields.Datetime(
        readonly=True, copy=False, help="When it was asked for."
    )
    authorised_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, help="Who authorised it."
    )
    authorised_on = fields.Datetime(
        readonly=True, copy=False, help="When it was authorised."
    )
    received_on = fields.Datetime(
        readonly=True, copy=False, help="When the warehouse had all that came."
    )
    decided_on = fields.Datetime(
        string="Settled on",
        readonly=True,
        copy=False,
        help="When it was closed, refused or withdrawn.",
    )
    decision_note = fields.Text(
        readonly=True, copy=False, help="Why it was refused or withdrawn."
    )
    mails_sent = fields.Json(
        readonly=True, copy=False, help="What the customer was told already."
    )

    _one_fee_sign = models.Constraint(
        "CHECK (fee_amount >= 0 AND credited_amount >= 0)",
        "Restocking Fee, Credited: neither is ever below zero.",
    )

    @api.depends("line_ids.amount")
    def _compute_amount(self):
        for one in self:
            one.amount = sum(one.line_ids.mapped("amount"))

    # === Seams === #

    @api.model
    def _get_guard_transitions(self):
        return {**super()._get_guard_transitions(), "authorised": "return"}

    def _get_guard_operation(self):
        self.ensure_one()
        return "return" if self.state in ("draft", "requested") else False

    def _guard_release(self, operation):
        """Authorise what a customer waits for as soon as nothing stands against it."""
        super()._guard_release(operation)
        if operation == "return":
            waiting = self.filtered(
                lambda one: one.state == "requested" and one.channel == "portal"
            )
            for one in waiting.filtered(lambda one: one._is_auto_authorised()):
                one._authorise()

    # === Append only === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_own_create(vals_list)
        # sudo: salespeople may not read sequences.
        sequence = self.env["ir.sequence"].sudo()
        returns = super().create(
            [
                {**vals, "name": sequence.next_by_code("sales.order.return") or "/"}
                for vals in vals_list
            ]
        )
        for one in returns:
            one._check_order()
        return returns

    def _check_order(self):
        """Refuse returns of what is no sale, or not the user's."""
        self.order_id.check_access("write")
        if self.order_id.state == "sale":
            return
        raise ReturnError(
            self.env._(
                "Order: %s is not confirmed, so nothing of it was delivered.",
                self.order_id.name,
            ),
            field="order_id",
            rule="confirmed",
        )

    @api.model
    def default_get(self, fields):
        """Propose what may come back of the order, with nothing of it chosen."""
        values = super().default_get(fields)
        order_id = self.env.context.get("default_order_id")
        if order_id and "line_ids" in fields and not values.get("line_ids"):
            order = self.env["sale.order"].browse(order_id)
            values["line_ids"] = [
                Command.create({"order_line_id": line_id, "quantity": 0})
                for line_id in order._get_returnable_quantities()
            ]
        return values

    def _get_content(self, vals):
        """Return the names of our own fields in ``vals``; the rest is the chatter's."""
        return {
            name
            for name in vals
            if (self._fields[name]._module or "").startswith("sales_")
        }

    def write(self, vals):
        self._check_own_write(vals)
        typed = self._get_content(vals) - self._get_own_fields() - {"amount"}
        typed -= {"internal_note", "reason_category", "currency_id"}
        typed -= {"company_id", "user_id", "partner_id", "picking_ids"}
        if typed and self.filtered(lambda one: one.state != "draft"):
            raise ReturnError(
                self.env._(
                    "Return: it was asked for already. Withdraw it and make a new one."
                ),
                field=sorted(typed)[0],
                rule="draft",
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_requested(self):
        if any(one.state != "draft" for one in self):
            raise AppendOnlyError(
                self.env._("Only drafts can be deleted. Withdraw the return instead.")
            )

    # === Buttons === #

    def action_open_order(self):
        """Open the order.

        :return: window action
        """
        self.ensure_one()
        return self.order_id._get_records_action()

    def action_view_pickings(self):
        """Open the transfers of this return.

        :return: window action
        """
        self.ensure_one()
        return self.picking_ids._get_records_action(name=self.env._("Transfers"))

    def action_view_credit_notes(self):
        """Open the credit notes of this return.

        :return: window action
        """
        self.ensure_one()
        return self.credit_note_ids._get_records_action(name=self.env._("Credit Notes"))
