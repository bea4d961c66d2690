from odoo import api, fields, models

# What happened to the order itself, between the requests.
ORDER_CODES = (
    "order.cancelled",
    "order.confirmed",
    "order.held",
    "order.reset",
    "approval.override_reviewed",
)
TONES = {
    "approve": "success",
    "approved": "success",
    "conditional": "warning",
    "overridden": "danger",
    "reject": "danger",
    "rejected": "danger",
    "request_change": "warning",
    "changes_requested": "warning",
    "expired": "warning",
    "order.confirmed": "success",
    "order.cancelled": "danger",
}


class SalesGuardMixin(models.AbstractModel):
    """The story of a document's approvals: all rounds, whatever became of it since.

    It is told to everybody who may read the document. Requests and votes tell most of
    it, so that it outlives the audit events that need not be kept any longer.
    """

    _inherit = "sales.guard.mixin"

    def _get_all_approval_requests(self):
        """Return all requests about this record, the oldest first, as superuser."""
        self.ensure_one()
        # sudo: the story is told as a whole or not at all.
        requests = self.env["sales.approval.request"].sudo()
        if not requests._has_records():
            return requests
        domain = [
            (name, "=", value)
            for name, value in self._prepare_approval_document_vals().items()
        ] + requests._get_operation_domain(self)
        return requests.search(domain, order="id")

    def _get_approval_timeline(self):
        """Return what happened, the oldest first.

        :return: list of dicts with ``date`` (UTC), ``round``, ``code``, ``title``,
            ``user``, ``on_behalf_of``, ``text``, ``values`` (lines of text) and ``tone``
        """
        self.ensure_one()
        entries = []
        for request in self._get_all_approval_requests():
            entries += request._get_timeline_entries()
        entries += self._get_order_entries() if entries else []
        # Stable: what happened in the same second stays in its order.
        return sorted(entries, key=lambda entry: entry["date"])

    def _get_order_entries(self):
        # sudo: of the events, what everybody sees of the order anyway.
        events = self.env["sales.audit.event"].sudo()
        found = events.search(
            [
                ("model", "=", self._name),
                ("res_id", "=", self.id),
                ("code", "in", ORDER_CODES),
            ],
            order="id",
        )
        return [
            self.env["sales.approval.request"]._prepare_timeline_entry(
                event.date,
                event.code,
                event.name,
                event.user_id,
                text=(event.data or {}).get("note"),
            )
            for event in found
        ]


class SalesApprovalRequest(models.Model):
    """What a request adds to the story of its document."""

    _inherit = "sales.approval.request"

    approval_timeline = fields.Html(
        string="Timeline",
        compute="_compute_approval_timeline",
        sanitize=False,
        help="All rounds of this order: who submitted, decided and ended what, and why.",
    )

    def _compute_approval_timeline(self):
        for request in self:
            document = request.sudo()._get_document().with_env(request.env)
            request.approval_timeline = document._render_approval_timeline()

    def _get_timeline_entries(self):
        """Return the entries of this round."""
        self.ensure_one()
        submitted = self._prepare_timeline_entry(
            self.submitted_on,
            "submitted",
            self.env._("Submitted for approval"),
            self.requester_id,
            text="; ".join(self._get_reasons()),
            values=self._describe_metrics(self.metrics),
        )
        votes = [vote._prepare_timeline_entry() for vote in self.vote_ids.sorted("id")]
        asked = self.origin not in ("override", "policy")
        entries = [submitted] if asked else []
        return [*entries, *votes, *self._get_end_entries()]

    def _get_end_entries(self):
        """Return how the round ended, where the votes do not say so already."""
        if self.state == "pending" or not self.decided_on:
            return []
        told = self.vote_ids and not self.override_user_id and self.state != "expired"
        labels = dict(self._fields["state"]._description_selection(self.env))
        return [
            self._prepare_timeline_entry(
                self.decided_on,
                self.state,
                labels[self.state],
                self.override_user_id,
                # The refusing vote has said it.
                text=self._get_end_text() if not told else self._get_condition_text(),
            )
        ]

    def _get_end_text(self):
        if self.auto_policy_id:
            return self.env._("By the policy “%s”", self.auto_policy_id.name)
        return self.note

    def _get_condition_text(self):
        """Return what had to hold, one condition a line."""
        return "\n".join(self.condition_ids.mapped("description"))

    def _prepare_timeline_entry(self, date, code, title, user, **more):
        return {
            "date": date,
            "round": self.round_no if self else False,
            "code": code,
            "title": title,
            "user": user.name or "",
            "on_behalf_of": more.get("on_behalf_of") or "",
            "text": more.get("text") or "",
            "values": more.get("values") or "",
            "tone": TONES.get(code, "secondary"),
        }


class SalesApprovalVote(models.Model):
    _inherit = "sales.approval.vote"

    def _prepare_timeline_entry(self):
        """Return what this vote adds to the story."""
        self.ensure_one()
        labels = dict(self._fields["decision"]._description_selection(self.env))
        title = f"{labels[self.decision]}: {self.line_id.name}"
        if self.reason_id:
            title = f"{title} ({self.reason_id.name})"
        return self.request_id._prepare_timeline_entry(
            self.date,
            self.decision,
            title,
            self.user_id,
            on_behalf_of=self.on_behalf_of_id.name,
            text=self.reason,
            values=self.values_text,
        )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    approval_timeline = fields.Html(
        compute="_compute_approval_timeline",
        sanitize=False,
        groups="base.group_user",
        help="All rounds of approval: who submitted, decided and ended what, and why.",
    )

    @api.depends("approval_request_ids.state", "approval_request_ids.vote_ids")
    def _compute_approval_timeline(self):
        for order in self:
            order.approval_timeline = order._render_approval_timeline()

    def _render_approval_timeline(self):
        entries = self._get_approval_timeline() if self.id else []
        if not entries:
            return False
        return self.env["ir.qweb"]._render(
            "sales_approval_plus.approval_timeline", {"entries": entries}
        )


class SalesOrderApi(models.AbstractModel):
    """The story over RPC."""

    _inherit = "sales.order.api"

    @api.model
    @api.readonly
    def get_approval_history(self, *, name: str):
        """Return what happened around the approvals of an order, the oldest first.

        :param str name: number of the order
        :return: list of dicts with ``date`` (UTC), ``round`` (False for what happened to
            the order itself), ``code``, ``title``, ``user``, ``on_behalf_of``, ``text``
            and ``values``; empty if it was never submitted
        :raise UserError: if there is no such order that the caller may read
        """
        order = self._get_order_by_name(name)
        return [
            {key: value for key, value in entry.items() if key != "tone"}
            for entry in order._get_approval_timeline()
        ]
