from odoo import api, fields, models
from odoo.fields import Command

from ...exceptions import ReturnError

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


class SalesOrderReturn(models.Model):
    """Goods that come back: asked for, authorised, received, looked at and settled."""

    _name = "sales.order.return"
    _description = "Return"
    _inherit = ["sales.order.request.mixin"]
    _order = "id desc"
    _request_error = ReturnError
    _request_code = "return"
    _request_free = frozenset(
        {
            "amount",
            "company_id",
            "currency_id",
            "internal_note",
            "partner_id",
            "picking_ids",
            "reason_category",
            "user_id",
        }
    )

    name = fields.Char(
        help="Number of the return; the customer writes it on the parcel."
    )
    order_id = fields.Many2one(
        domain="[('state', '=', 'sale')]", help="The order whose goods come back."
    )
    currency_id = fields.Many2one(store=True)
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
        string="Settled on", help="When it was closed, refused or withdrawn."
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

    def _get_request_texts(self):
        return {
            "submitted": self.env._(
                "Return: it was asked for already. Withdraw it and make a new one."
            ),
            "unlink": self.env._(
                "Only drafts can be deleted. Withdraw the return instead."
            ),
            "again": self.env._("Make a new return."),
        }

    def _get_request_steps(self):
        return {
            "draft": self.env._("Ask for it first."),
            "requested": self.env._("Authorise it first."),
            "authorised": self.env._("Wait until the warehouse has the goods."),
            "received": self.env._("Inspect what came."),
        }

    def _check_order(self):
        """Refuse returns of what is no sale, or not the user's."""
        super()._check_order()
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

    # === Buttons === #

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
