from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .sales_approval_request import STANDING


class SalesApprovalPolicy(models.Model):
    """For how long an approval by this policy holds."""

    _inherit = "sales.approval.policy"

    valid_days = fields.Integer(
        string="Holds (days)",
        help="An approval that was not used within so many days expires, and so does a "
        "request that nobody decided in this time: the order is submitted again. Of "
        "several policies the shortest time counts. 0: no end.",
    )

    _valid_days_positive = models.Constraint(
        "CHECK(valid_days >= 0)", "Holds (days): give 0 or more."
    )

    def _get_valid_days(self):
        """Return the shortest time of these policies in days, 0 without an end."""
        return min((one.valid_days for one in self if one.valid_days), default=0)


class SalesApprovalRequest(models.Model):
    """Requests that end because their time is over.

    The gate and the vote look at the clock themselves; the scheduled job only says so
    on the request and tells people, once.
    """

    _inherit = "sales.approval.request"

    valid_days = fields.Integer(
        string="Holds (days)",
        readonly=True,
        aggregator=None,
        help="For how long it holds, as the policies said when it was submitted; 0: no "
        "end.",
    )
    used_on = fields.Datetime(
        readonly=True, help="When the document went on with the approval."
    )
    expires_at = fields.Datetime(
        string="Expires",
        compute="_compute_expires_at",
        store=True,
        index="btree_not_null",
        help="When it is worth nothing any more (UTC): counted from submitting while it "
        "waits, then from the decision.",
    )

    @api.depends("state", "valid_days", "used_on", "submitted_on", "decided_on")
    def _compute_expires_at(self):
        for request in self:
            start = request.decided_on or request.submitted_on
            ticking = request.valid_days and start and not request.used_on
            if ticking and request.state in STANDING:
                request.expires_at = start + timedelta(days=request.valid_days)
            else:
                request.expires_at = False

    def _is_expired(self):
        if self.state == "expired" or super()._is_expired():
            return True
        return bool(self.expires_at) and self.expires_at <= fields.Datetime.now()

    # === Submitting and voting === #

    @api.model
    def _prepare_measured(self, record, standing, more):
        measured = super()._prepare_measured(record, standing, more)
        return {**measured, "valid_days": standing.policies._get_valid_days()}

    @api.model
    def _reuse_votes(self, lines, previous, measured):
        if not previous._is_expired():
            super()._reuse_votes(lines, previous, measured)

    def _get_vote_refusal(self, delegations=None):
        refusal = super()._get_vote_refusal(delegations)
        if refusal or not self._is_expired():
            return refusal
        return "expired", self.env._(
            "its time was over on %s. It must be submitted again",
            self._format_date(self.expires_at),
        )

    @api.model
    def _get_votable_domain(self):
        running = Domain("expires_at", "=", False)
        running |= Domain("expires_at", ">", fields.Datetime.now())
        return super()._get_votable_domain() & running

    # === The scheduled job === #

    @api.model
    def _cron_expire(self):
        """End what has expired, one request after the other."""
        due = self.search([("expires_at", "<=", fields.Datetime.now())], order="id")
        due._run_each_due()

    def _is_due_now(self):
        return self.state in STANDING and self._is_expired()

    def _run(self):
        if self._is_used():
            # Looked at no more.
            self.used_on = fields.Datetime.now()
            return
        note = self._get_expired_note()
        self._end("expired", note)
        self._tell_decided()

    def _is_used(self):
        """Return whether the document went on with what was approved."""
        document = self._get_document()
        operation = document._get_guard_transitions().get(document.state)
        return self.state != "pending" and operation == self.operation

    # === Words === #

    def _get_expired_note(self):
        if self.state == "pending":
            return self.env._("Nobody decided within %s days", self.valid_days)
        return self.env._("Not used within %s days", self.valid_days)

    def _get_expired_message(self):
        return self.env._(
            "The approval of %(date)s has expired: %(why)s. Next step: Submit for "
            "Approval.",
            date=self._format_date(self.submitted_on),
            why=(self.note or self._get_expired_note()).lower(),
        )

    def _get_submit_message(self, why, standing):
        if not self or self.state == "overridden" or not self._is_expired():
            return super()._get_submit_message(why, standing)
        return f"{why}. {self._get_expired_message()}"

    def _get_decided_texts(self):
        if self.state != "expired":
            return super()._get_decided_texts()
        return self._get_expired_message(), self.env._("Expired: submit it again")

    def _carry_out_refusals(self):
        super()._carry_out_refusals()
        ended = self.filtered(lambda one: one.state == "expired")
        for request in ended.filtered(lambda one: one.operation != "confirm"):
            message = request._get_expired_message()
            request._get_document()._send_back_for_changes(message)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _after_state(self, state):
        super()._after_state(state)
        if state == "sale":
            self._use_approvals()

    def _use_approvals(self):
        """Stop the clock of the approvals the orders were confirmed with."""
        requests = self.env["sales.approval.request"]
        if requests._has_records():
            domain = Domain("sale_order_id", "in", self.ids)
            domain &= Domain("operation", "=", "confirm")
            domain &= Domain("expires_at", "!=", False)
            # sudo: nobody may write requests; the gate let the orders pass just now.
            used = requests.sudo().search(domain)
            used.write({"used_on": fields.Datetime.now()})
