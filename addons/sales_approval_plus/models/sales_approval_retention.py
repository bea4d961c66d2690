from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

LEAST_MONTHS = 12
BATCH = 200


class SalesApprovalRetention(models.Model):
    """How long the details of decided requests are kept.

    Until somebody switches a rule on it only tells what it would do. Requests, votes and
    events themselves stay, with their fingerprints and seals.
    """

    _name = "sales.approval.retention"
    _description = "Approval Retention Rule"
    _inherit = ["sales.audit.setting.mixin"]
    _order = "months, id"

    _audit_prefix = "retention"

    name = fields.Char(required=True, help="What the rule is called.")
    active = fields.Boolean(default=True, help="An archived rule does nothing.")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        help="Requests of this company are concerned.",
    )
    months = fields.Integer(
        required=True,
        default=120,
        help="Months after its decision from which a request is concerned; at least 12.",
    )
    action = fields.Selection(
        selection=[
            ("snapshot", "Delete what was submitted"),
            ("redact", "Redact: comments and event details as well"),
        ],
        required=True,
        default="snapshot",
        help="Delete: lines and terms of the order as they were submitted and decided "
        "on. Redact: also comments, reasons and the details of audit events. Who decided "
        "what and when, measured values and fingerprints are always kept.",
    )
    is_live = fields.Boolean(
        string="Applied",
        help="Otherwise the rule only tells what it would do.",
    )
    due_count = fields.Integer(
        string="Due Now",
        compute="_compute_due_count",
        help="Requests that the rule would be applied to now.",
    )
    held_count = fields.Integer(
        string="On Legal Hold",
        compute="_compute_due_count",
        help="Requests that are old enough, but kept because of a legal hold.",
    )
    last_run = fields.Datetime(readonly=True, help="When the rule was last applied.")
    last_count = fields.Integer(
        string="Last Applied To", readonly=True, help="Requests at that time."
    )

    _months_enough = models.Constraint(
        f"CHECK(months >= {LEAST_MONTHS})",
        "Months: the details of decisions are kept for at least 12 months.",
    )

    @api.depends("action", "company_id", "months")
    def _compute_due_count(self):
        # sudo: what is due does not depend on who asks.
        requests = self.env["sales.approval.request"].sudo()
        for rule in self:
            rule.due_count = requests.search_count(rule._get_due_domain())
            rule.held_count = requests.search_count(
                rule._get_old_domain() & rule._get_hold_domain()
            )

    @api.model
    def _get_setting_names(self, names):
        # Its own notes about a run are no changes of the rule.
        told = super()._get_setting_names(names)
        return [name for name in told if name not in ("last_count", "last_run")]

    # === What is due === #

    def _get_limit(self):
        """Return the moment (UTC) before which requests are concerned."""
        self.ensure_one()
        return fields.Datetime.now() - relativedelta(months=self.months)

    def _get_old_domain(self):
        """Return the requests that are old enough and not yet treated."""
        self.ensure_one()
        done = ["snapshot", "redact"] if self.action == "snapshot" else ["redact"]
        return (
            Domain("company_id", "=", self.company_id.id)
            & Domain("state", "!=", "pending")
            & Domain("decided_on", "<", self._get_limit())
            & Domain("retention_action", "not in", done)
        )

    @api.model
    def _get_hold_domain(self):
        # sudo: a hold counts for everybody.
        holds = self.env["sales.approval.hold"].sudo().search([("active", "=", True)])
        return Domain("sale_order_id", "in", holds.sale_order_id.ids)

    def _get_due_domain(self):
        return self._get_old_domain() & ~self._get_hold_domain()

    def action_view_due(self):
        """Show what the rule would be applied to: the dry run.

        :return: window action
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_approval_plus.sales_approval_request_action"
        )
        action.update(
            name=self.env._("Due: %s", self.name),
            domain=list(self._get_due_domain()),
            context={},
            path=False,
        )
        return action

    def action_apply(self):
        """Apply the rules now, whether or not they are switched on.

        :return: notification that tells how many requests were treated
        :raise AccessError: for anybody but system administrators
        """
        self.check_access("write")
        count = 0
        for rule in self:
            # sudo: nobody may write requests; who may apply rules was checked.
            while done := rule.sudo()._apply(BATCH):
                count += done
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Applied to %s requests.", count),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _cron_apply(self):
        """Apply the rules that are switched on."""
        for rule in self.search([("is_live", "=", True)]):
            while count := rule._apply(BATCH):
                if not self.env["ir.cron"]._commit_progress(count):
                    return

    def _apply(self, limit):
        """Treat up to ``limit`` requests and return how many."""
        self.ensure_one()
        requests = self.env["sales.approval.request"]
        due = requests.search(self._get_due_domain(), order="id", limit=limit)
        if due:
            due._forget(self.action, self._get_limit())
            self.write({"last_run": fields.Datetime.now(), "last_count": len(due)})
        return len(due)


class SalesApprovalRequest(models.Model):
    """Requests whose details are gone."""

    _inherit = "sales.approval.request"

    retention_action = fields.Selection(
        selection=[("snapshot", "Deleted"), ("redact", "Redacted")],
        string="Details",
        readonly=True,
        index="btree_not_null",
        help="Empty: complete. Otherwise a retention rule removed what was submitted, or "
        "comments as well.",
    )

    def _forget(self, action, limit):
        """Remove details of these requests.

        :param str action: ``snapshot`` or ``redact``
        :param datetime limit: UTC; events before it lose their details
        """
        vals = {"snapshot": False, "retention_action": action}
        columns = {"snapshot": None}
        if action == "redact":
            vals.update(note=False, review_note=False)
            columns.update(reason=None, advice=None, ip_address=None, user_agent=None)
            # Before it is told that it was done: that is kept.
            self._redact_events(limit)
        self.write(vals)
        self._forget_in_votes(columns)
        for request in self:
            document = request._get_document()
            document._log_event("approval.redacted", request=request.id, action=action)

    def _forget_in_votes(self, columns):
        """Clear columns of the votes, past the ORM that never changes a vote."""
        if not self.vote_ids:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE sales_approval_vote SET %s WHERE id IN %s",
                SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), value)
                    for name, value in columns.items()
                ),
                self.vote_ids._ids,
            )
        )
        self.vote_ids.invalidate_recordset()

    @api.model
    def _reuse_votes(self, lines, previous, measured):
        # Nothing is left to compare with: people are asked again.
        if not previous.sudo().retention_action:
            super()._reuse_votes(lines, previous, measured)

    def _redact_events(self, limit):
        events = self.env["sales.audit.event"]
        for request in self:
            events |= request._get_certificate_events()
        events._redact(events, limit)


class SalesGuardMixin(models.AbstractModel):
    _inherit = "sales.guard.mixin"

    def _is_covered_by(self, request, policies, metrics):
        if not request.retention_action:
            return super()._is_covered_by(request, policies, metrics)
        # Nothing is left to compare with: it holds for exactly what was decided.
        if policies - request.policy_ids or request._is_expired():
            return False
        snapshot = self._get_approval_snapshot()
        return request.fingerprint == self._get_approval_fingerprint(snapshot)
