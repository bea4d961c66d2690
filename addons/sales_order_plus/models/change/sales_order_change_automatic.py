from odoo import api, fields, models

from ..seam.sales_guard_mixin import Finding

MANAGERS = "sales_team.group_sale_manager"


class SalesOrderChange(models.Model):
    """What is applied without anybody pressing a button, and what somebody decides.

    Within the limits of the change policy a submitted request is applied at once.
    Beyond them it waits: for the approvals that policies ask for, else for a manager
    who applies it.
    """

    _inherit = "sales.order.change"

    released_by_id = fields.Many2one(
        "res.users",
        string="Let Pass By",
        readonly=True,
        copy=False,
        help="Manager who applied it although it is beyond the limits.",
    )

    # === Beyond the limits === #

    def _get_limit_excess(self):
        """Return texts: how the request is beyond the limits of its policy."""
        self.ensure_one()
        policy = self.env["sales.change.policy"]._get_for(self.order_id)
        return policy._get_change_excess(self) if policy.limit_changes else []

    def _is_let_pass(self):
        """Return whether somebody has decided on what is beyond the limits."""
        self.ensure_one()
        # sudo: who did need not be readable.
        return bool(self.sudo().released_by_id)

    def _get_guard_findings(self, operation, baseline=None):
        findings = dict(super()._get_guard_findings(operation, baseline))
        if operation != "change":
            return findings
        for change in self:
            excess = change._get_limit_excess()
            if excess and not change._is_let_pass():
                finding = Finding(
                    "change_limit", change._get_limit_message(excess), "approve"
                )
                findings[change.id] = [*findings.get(change.id, ()), finding]
        return findings

    def _get_limit_message(self, excess):
        return self.env._(
            "%s. A sales manager decides: he applies or refuses it.", "; ".join(excess)
        )

    def _release_limits(self):
        """Keep that a manager applies what is beyond the limits."""
        self.ensure_one()
        if (
            not self._is_let_pass()
            and self.env.user.has_group(MANAGERS)
            and self._get_limit_excess()
        ):
            self._write_own({"released_by_id": self.env.uid})
            self._log_event("change.released", order=self.order_id.name)

    # === By itself === #

    def _is_automatic(self):
        """Return whether the request is applied as soon as nothing stands against it."""
        self.ensure_one()
        policy = self.env["sales.change.policy"]._get_for(self.order_id)
        return bool(policy.limit_changes)

    def _apply_by_itself(self):
        """Apply the submitted requests that wait for nobody any more."""
        for change in self.filtered(lambda one: one.state == "submitted"):
            if change._is_automatic() and not change._get_guard_stops("change"):
                change._try_apply()

    def _try_apply(self):
        """Apply in a savepoint; if that fails, somebody has to look at it."""
        self.ensure_one()
        if self._get_conflicts():
            # In this transaction: another one would wait for what it holds.
            self._mark_stale()
            self._tell_not_applied(str(self._get_stale_error(self.conflicts)))
            return
        try:
            with self.env.cr.savepoint():
                self._lock_order()
                self._apply()
        except Exception as error:  # noqa: BLE001 whatever stops it, the decision stays
            self._tell_not_applied(str(error))

    def _tell_not_applied(self, text):
        # sudo: the customer or an approver may be the one who acts.
        change = self.sudo()
        change.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("The change could not be applied"),
            note=text,
            user_id=change._get_responsible().id,
        )

    def _get_responsible(self):
        """Return who looks after this request: who asked for it, or the salesperson."""
        self.ensure_one()
        # sudo: who that is may be hidden from who acts.
        change = self.sudo()
        asked = change.requested_by_id.filtered(lambda one: not one.share)
        return asked or change.order_id.user_id or self._get_manager()

    @api.model
    def _get_manager(self):
        managers = self.env.ref(MANAGERS).sudo().all_user_ids
        found = managers.filtered(lambda user: self.env.company in user.company_ids)
        return found[:1] or self.env.user
