from odoo import api, fields, models

from ...exceptions import ChangeError
from ..seam.hashing import get_hash

STATES = [
    ("draft", "Draft"),
    ("submitted", "Submitted"),
    ("acceptance", "Waiting for the Customer"),
    ("applied", "Applied"),
    ("refused", "Refused"),
    ("withdrawn", "Withdrawn"),
    ("stale", "Out of Date"),
]
OPEN = ("submitted", "acceptance")
FINAL = ("applied", "refused", "withdrawn")


class SalesOrderChange(models.Model):
    """What is to be changed of a confirmed order, and what came of it.

    Written by people while it is a draft, by its own methods until it is decided, and
    by nobody afterwards: the request is the log of the change.
    """

    _name = "sales.order.change"
    _description = "Change Request"
    _inherit = ["sales.order.request.mixin"]
    _order = "id desc"
    _request_error = ChangeError
    _request_code = "change"
    _request_final = FINAL
    _request_free = frozenset({"summary"})

    order_id = fields.Many2one(
        domain="[('state', '=', 'sale')]", help="The confirmed order to change."
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
        help="How far the request is.",
    )
    reason = fields.Text(help="Why the order is changed; needed to submit.")
    internal_note = fields.Text(help="For colleagues only.")
    customer_note = fields.Text(help="What the customer reads about the change.")
    line_ids = fields.One2many(
        "sales.order.change.line",
        "change_id",
        string="Changes",
        copy=True,
        help="What is to be changed; all of it is applied, or nothing.",
    )
    base_terms = fields.Json(
        readonly=True,
        copy=False,
        help="What the order was when the request was made.",
    )
    base_fingerprint = fields.Char(
        string="Made for",
        readonly=True,
        copy=False,
        help="SHA-256 of what the order was when the request was made.",
    )
    impact = fields.Json(
        readonly=True,
        copy=False,
        help="What a trial of the change brought about: before, after and remarks.",
    )
    impact_on = fields.Datetime(
        string="Tried on", readonly=True, copy=False, help="When the trial was made."
    )
    result = fields.Json(
        readonly=True, copy=False, help="What the change really brought about."
    )
    amount_delta = fields.Monetary(
        string="Difference",
        readonly=True,
        copy=False,
        help="What the customer pays more, or less, with taxes.",
    )
    conflicts = fields.Json(
        readonly=True, copy=False, help="Why the request is out of date."
    )
    accepted_by = fields.Char(
        readonly=True, copy=False, help="Who accepted it on the customer's side."
    )
    accepted_on = fields.Datetime(readonly=True, copy=False, help="When he did.")
    acceptance_note = fields.Char(
        string="Evidence",
        readonly=True,
        copy=False,
        help="Where the acceptance can be read, such as the subject of an e-mail.",
    )
    decided_by_id = fields.Many2one(
        "res.users",
        string="Decided by",
        readonly=True,
        copy=False,
        help="Who applied, refused or withdrew it.",
    )
    summary = fields.Char(
        compute="_compute_summary", store=True, help="The changes in one line."
    )

    @api.depends("line_ids.summary")
    def _compute_summary(self):
        for change in self:
            texts = [line.summary for line in change.line_ids if line.summary]
            change.summary = "; ".join(texts) or False

    conflicts_html = fields.Html(
        compute="_compute_conflicts_html",
        sanitize=False,
        help="What has changed of the order since the request was made.",
    )

    @api.depends("conflicts")
    def _compute_conflicts_html(self):
        for change in self:
            change.conflicts_html = change.conflicts and self.env["ir.qweb"]._render(
                "sales_order_plus.sales_order_change_conflicts",
                {"conflicts": change.conflicts},
            )

    # === Seams === #

    @api.model
    def _get_guard_transitions(self):
        return {**super()._get_guard_transitions(), "applied": "change"}

    def _get_guard_operation(self):
        self.ensure_one()
        return "change" if self.state in ("draft", *OPEN) else False

    def _get_request_texts(self):
        return {
            "final": self.env._(
                "A decided change request stays as it is. Make a new one."
            ),
            "submitted": self.env._(
                "Change Request: it is submitted already. Withdraw it, or take it back "
                "to draft with Review."
            ),
            "unlink": self.env._(
                "Only drafts can be deleted. Withdraw the request instead."
            ),
            "again": self.env._("Make a new request."),
        }

    def _get_request_steps(self):
        return {
            "draft": self.env._("Submit it first."),
            "acceptance": self.env._("Record the customer's acceptance first."),
        }

    def _prepare_decided_vals(self):
        return {**super()._prepare_decided_vals(), "decided_by_id": self.env.uid}

    # === What it is made for === #

    @api.model_create_multi
    def create(self, vals_list):
        changes = super().create(vals_list)
        for change in changes:
            change._write_own(change._prepare_base_vals())
        return changes

    def _check_order(self):
        """Refuse a request for what may be edited freely, or by others."""
        super()._check_order()
        if self.order_id.state != "sale":
            raise ChangeError(
                self.env._(
                    "Order: %s is not confirmed. Edit it, or confirm it first.",
                    self.order_id.name,
                ),
                field="order_id",
                rule="confirmed",
            )

    def _prepare_base_vals(self):
        terms = self.order_id._get_change_terms()
        return {"base_terms": terms, "base_fingerprint": get_hash(terms)}
