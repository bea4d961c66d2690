from odoo import api, fields, models
from odoo.tools import format_datetime

from odoo.addons.sales_order_plus.models.seam.sales_guard_mixin import Finding

# States of a request that a better order keeps, and a worse one ends.
STANDING = ("pending", "approved", "conditional")


class SalesApprovalRequest(models.Model):
    """One question to the approvers: may this order, as it is, be confirmed?

    What was asked (fingerprint, measured values, policies, people) is frozen when it
    is submitted. Nobody has rights to create, change or delete requests: the public
    methods check who calls and then act as superuser on this one record.
    """

    _name = "sales.approval.request"
    _description = "Approval Request"
    _inherit = ["mail.thread", "mail.activity.mixin", "sales.presence.mixin"]
    _order = "id desc"
    _mail_post_access = "read"

    sale_order_id = fields.Many2one(
        "sale.order",
        string="Order",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="Order that waits for the approval.",
    )
    operation = fields.Selection(
        selection=[("confirm", "Confirm the order")],
        required=True,
        readonly=True,
        default="confirm",
        help="What is allowed by the approval.",
    )
    state = fields.Selection(
        selection=[
            ("pending", "Waiting"),
            ("approved", "Approved"),
            ("conditional", "Approved on conditions"),
            ("overridden", "Overridden"),
            ("changes_requested", "Changes requested"),
            ("rejected", "Rejected"),
            ("withdrawn", "Withdrawn"),
            ("superseded", "Superseded"),
            ("expired", "Expired"),
        ],
        string="Status",
        required=True,
        readonly=True,
        default="pending",
        index=True,
        tracking=True,
        help="Superseded: the order changed or was reset, the decision no longer counts. "
        "Changes requested: the salesperson changes the order and submits it again. "
        "Overridden: let pass in an emergency, to be reviewed afterwards. Expired: nobody "
        "decided in time, or the approval was not used in time.",
    )
    round_no = fields.Integer(
        string="Round",
        required=True,
        readonly=True,
        default=1,
        aggregator=None,
        help="Counts how often this order was submitted.",
    )
    company_id = fields.Many2one(
        related="sale_order_id.company_id",
        store=True,
        index=True,
        help="Company of the order.",
    )
    currency_id = fields.Many2one(
        related="company_id.currency_id", help="Currency of the company."
    )
    partner_id = fields.Many2one(
        related="sale_order_id.partner_id",
        string="Customer",
        store=True,
        help="Customer of the order.",
    )
    user_id = fields.Many2one(
        related="sale_order_id.user_id",
        string="Salesperson",
        store=True,
        help="Salesperson of the order; may not decide.",
    )
    order_line = fields.One2many(
        related="sale_order_id.order_line",
        string="Order Lines",
        help="What is sold, as it is now: approvers need not open the order.",
    )
    requester_id = fields.Many2one(
        "res.users",
        string="Submitted By",
        required=True,
        readonly=True,
        default=lambda self: self.env.uid,
        ondelete="restrict",
        help="Whose session asked; may not decide.",
    )
    origin = fields.Char(
        readonly=True, help="How it was asked: user, portal or payment."
    )
    submitted_on = fields.Datetime(
        readonly=True, default=fields.Datetime.now, help="When it was asked."
    )
    decided_on = fields.Datetime(readonly=True, help="When it was decided or ended.")
    note = fields.Text(
        string="Outcome", readonly=True, help="Reason of the rejection or of the end."
    )
    policy_ids = fields.Many2many(
        "sales.approval.policy",
        string="Policies",
        readonly=True,
        ondelete="restrict",
        help="Policies that asked for it.",
    )
    fingerprint = fields.Char(
        readonly=True, help="SHA-256 of what was submitted: customer, terms and lines."
    )
    snapshot = fields.Json(readonly=True, help="What was submitted, as data.")
    metrics = fields.Json(readonly=True, help="What was measured, by metric.")
    reasons = fields.Json(readonly=True, help="Why it was asked, one line a policy.")
    reasons_by_lang = fields.Json(
        readonly=True, help="The same in each language that was installed then."
    )
    reason_text = fields.Text(
        string="Why",
        compute="_compute_reason_text",
        help="Policies, values and limits.",
    )
    amount = fields.Monetary(
        readonly=True,
        help="Untaxed amount in company currency, without the delivery charge.",
    )
    discount = fields.Float(
        string="Discount (%)",
        digits=(5, 2),
        readonly=True,
        aggregator=None,
        help="Effective discount when it was submitted, in percent.",
    )
    vote_count = fields.Integer(
        readonly=True,
        help="Number of votes. Each vote writes it, so that of two votes at the same "
        "time the second one sees the first.",
    )
    line_ids = fields.One2many(
        "sales.approval.line", "request_id", string="Steps", help="Who has to agree."
    )
    vote_ids = fields.One2many(
        "sales.approval.vote", "request_id", string="Votes", help="Who decided what."
    )
    open_approver_ids = fields.Many2many(
        "res.users",
        string="Waiting For",
        compute="_compute_open_approver_ids",
        help="Who may decide now.",
    )
    can_vote = fields.Boolean(
        string="Waits for Me",
        compute="_compute_can_vote",
        search="_search_can_vote",
        help="Whether you may decide now.",
    )
    can_withdraw = fields.Boolean(
        compute="_compute_can_withdraw", help="Whether you may take it back."
    )

    _pending_uniq = models.UniqueIndex(
        "(sale_order_id, operation) WHERE state = 'pending'",
        "This order was submitted for approval a moment ago. Reload it.",
    )

    # === Compute === #

    @api.depends("sale_order_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for request in self:
            request.display_name = request._get_title()

    def _get_title(self):
        """Return the name of the request in the language of the context."""
        self.ensure_one()
        # sudo: the name of what one is asked about.
        return self.env._("Approval of %s", self.sudo().sale_order_id.name)

    @api.depends("reasons", "reasons_by_lang")
    @api.depends_context("lang")
    def _compute_reason_text(self):
        for request in self:
            request.reason_text = "\n".join(request._get_reasons())

    @api.depends("state", "line_ids.state", "line_ids.approver_ids", "vote_ids")
    def _compute_open_approver_ids(self):
        delegations = self.env["sales.approval.delegation"]._get_current(
            users=self.line_ids.approver_ids
        )
        for request in self:
            lines = request.line_ids.filtered(lambda line: line.state == "open")
            # Read together with the steps of the other requests.
            lines = lines.with_prefetch(request.line_ids._prefetch_ids)
            waiting = lines.approver_ids - request._get_voters()
            if waiting and delegations:
                waiting |= lines._get_delegates(delegations)
            request.open_approver_ids = waiting if request.state == "pending" else False

    def _get_voters(self):
        """Return who has decided, himself or through a delegate, now or before."""
        votes = self.vote_ids | self.line_ids.reused_from_id.vote_ids
        return votes.user_id | votes.on_behalf_of_id

    def _get_reasons(self):
        """Return why it was asked, in the language of the reader."""
        self.ensure_one()
        translated = self.reasons_by_lang or {}
        return translated.get(self.env.lang) or self.reasons or []

    def _format_date(self, value):
        return format_datetime(self.env, value, dt_format="short")

    def _get_deciders(self):
        """Return up to three names of those who may decide now."""
        self.ensure_one()
        names = self.open_approver_ids.mapped("name")
        if len(names) <= 3:
            return ", ".join(names)
        return self.env._(
            "%(names)s and %(count)s more",
            names=", ".join(names[:3]),
            count=len(names) - 3,
        )

    def _get_summary(self):
        """Return who decided what, and when."""
        self.ensure_one()
        if self.auto_policy_id:
            return self.env._(
                "Approved automatically by the policy “%(policy)s” on %(date)s: %(why)s",
                policy=self.auto_policy_id.name,
                date=self._format_date(self.decided_on),
                why="; ".join(self._get_reasons()),
            )
        return self.env._(
            "Approved by %(names)s on %(date)s: %(why)s",
            names=", ".join(self.vote_ids.user_id.mapped("name")),
            date=self._format_date(self.decided_on),
            why="; ".join(self._get_reasons()),
        )

    # === What stands against the order === #

    def _get_finding(self, standing):
        """Return the Finding for a standing that is not approved."""
        why = "; ".join(
            policy._describe_hit(standing.metrics) for policy in standing.policies
        )
        if standing.state == "pending":
            return Finding(
                "approval_pending", self._get_pending_message(why), "approve"
            )
        if standing.state == "rejected":
            return Finding("approval_rejected", self._get_rejected_message(), "block")
        if standing.state == "conditional":
            message = self._get_conditional_message()
            return Finding("approval_conditional", message, "approve")
        if standing.state == "forbidden":
            message = self._get_forbidden_message(why)
            return Finding("approval_forbidden", message, "block")
        if standing.state == "changes_requested":
            message = self._get_changes_message()
            return Finding("approval_changes_requested", message, "approve")
        return Finding(
            "approval_to_submit", self._get_submit_message(why, standing), "approve"
        )

    def _get_pending_message(self, why):
        return self.env._(
            "%(why)s. Waiting for %(names)s since %(date)s.",
            why=why,
            names=self._get_deciders() or self.env._("nobody who is left"),
            date=self._format_date(self.submitted_on),
        )

    def _get_rejected_message(self):
        return self.env._(
            "Rejected by %(names)s on %(date)s: %(reason)s. Change the order and submit "
            "it for approval again.",
            names=", ".join(self._get_refusers().mapped("name")),
            date=self._format_date(self.decided_on),
            reason=(self.note or "").rstrip("."),
        )

    def _get_forbidden_message(self, why):
        return self.env._(
            "%(why)s. This is forbidden, nobody can approve it. Change the order.",
            why=why,
        )

    def _get_changes_message(self):
        return self.env._(
            "%(names)s asked for changes on %(date)s: %(reason)s. Next step: change the "
            "order and Submit for Approval.",
            names=", ".join(self._get_refusers().mapped("name")),
            date=self._format_date(self.decided_on),
            reason=(self.note or "").rstrip("."),
        )

    def _get_refusers(self):
        return self.vote_ids.filtered(lambda vote: vote.decision != "approve").user_id

    def _get_submit_message(self, why, standing):
        deciders = standing.policies._get_deciders()
        if self.state in STANDING:
            return self.env._(
                "%(why)s. The order is worse than what was submitted on %(date)s, so "
                "%(deciders)s must approve again. Next step: Submit for Approval.",
                why=why,
                date=self._format_date(self.submitted_on),
                deciders=deciders,
            )
        return self.env._(
            "%(why)s. %(deciders)s may approve it. Next step: Submit for Approval.",
            why=why,
            deciders=deciders,
        )

    # === Document === #

    def _get_document(self):
        """Return the guarded record this request is about."""
        self.ensure_one()
        return self.sale_order_id

    def _get_documents(self):
        """Return the guarded records these requests, all of one kind, are about."""
        documents = [request._get_document() for request in self]
        empty = documents[0].browse() if documents else self.sale_order_id
        return empty.union(*documents)
