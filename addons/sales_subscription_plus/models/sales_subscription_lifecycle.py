from odoo import api, fields, models
from odoo.fields import Domain

from .sales_subscription_state import BILLED_STATES, LIVE_STATES


class SalesSubscription(models.Model):
    """What happens by itself when a day has passed: hourly, each thing once."""

    _inherit = "sales.subscription"

    @api.model
    def _get_lifecycle_steps(self):
        """Return [(method, domain of those it is due for)] in the order they count."""
        live = Domain("state", "in", LIVE_STATES)
        running = Domain("state", "in", BILLED_STATES)
        held = running | Domain("state", "=", "paused")
        billed = Domain("next_billing_date", "=", False)
        auto = Domain("renewal_mode", "=", "auto")
        passed = self._get_local_date_domain
        kept = Domain("cancel_on", "=", False)
        return [
            ("_change_by_itself", live & self._get_changing_domain()),
            ("_cancel_by_itself", live & billed & passed("cancel_on", "<")),
            (
                "_convert_trial",
                Domain("state", "=", "trial") & kept & passed("trial_until", "<"),
            ),
            (
                "_resume_by_itself",
                Domain("state", "=", "paused") & passed("paused_until", "<"),
            ),
            (
                "_end_grace",
                Domain("state", "=", "past_due") & passed("grace_until", "<"),
            ),
            (
                "_renew_by_itself",
                held
                & kept
                & auto
                & Domain("plan_id.term_count", ">", 0)
                & passed("renewal_date", "<="),
            ),
            (
                "_quote_renewal",
                held
                & kept
                & Domain("renewal_mode", "=", "quote")
                & Domain("renewal_order_id", "=", False)
                & passed("renewal_date", "<="),
            ),
            ("_expire", self._get_expired_domain()),
        ]

    @api.model
    def _get_expired_domain(self):
        """Past the end, and every period before it is in the ledger."""
        auto = Domain("renewal_mode", "=", "auto") & Domain(
            "plan_id.term_count", ">", 0
        )
        return (
            Domain("state", "in", (*BILLED_STATES, "paused"))
            & Domain("next_billing_date", "=", False)
            & Domain("cancel_on", "=", False)
            & ~auto
            & self._get_local_date_domain("end_date", "<")
        )

    @api.model
    def _cron_lifecycle(self, limit=200):
        """Do what is due by itself, each subscription in a transaction of its own.

        :param int limit: subscriptions a step and pass
        """
        cron = self.env["ir.cron"]
        now = fields.Datetime.now()
        patient = Domain("billing_retry_at", "=", False) | Domain(
            "billing_retry_at", "<=", now
        )
        for method, due in self._get_lifecycle_steps():
            domain = due & patient
            found = self.search(domain, limit=limit, order="id")
            if not cron._commit_progress(remaining=self.search_count(domain)):
                return
            for subscription in found:
                locked = subscription.try_lock_for_update().filtered_domain(domain)
                if locked:
                    locked._try_or_postpone(getattr(locked, method))
                if not cron._commit_progress(1):
                    return

    # === Steps === #

    def _cancel_by_itself(self):
        self.write({"state": "cancelled"})

    def _convert_trial(self):
        self.write({"state": "active"})

    def _resume_by_itself(self):
        self.write({"state": "active"})

    def _end_grace(self):
        self.ensure_one()
        action = self.plan_id.grace_action
        self._log_event("subscription.grace_ended", action=action)
        if action == "cancel":
            self.write({"state": "cancelled"})
        else:
            self._pause_unpaid()

    def _expire(self):
        self.write({"state": "expired"})
