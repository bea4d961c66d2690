from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..exceptions import SubscriptionStateError

# {state: states it may move to}; every path goes through write().
MOVES = {
    "draft": {"active", "cancelled"},
    "active": {"paused", "cancelled", "expired"},
    "paused": {"active", "cancelled", "expired"},
    "cancelled": {"draft"},
    "expired": set(),
}


class SalesSubscription(models.Model):
    """The life of a subscription: which moves are allowed and what each one does."""

    _inherit = "sales.subscription"

    can_renew = fields.Boolean(
        compute="_compute_can_renew",
        help="The plan has a term and the subscription an end that can be moved.",
    )

    @api.depends("state", "end_date", "plan_id.term_count")
    def _compute_can_renew(self):
        for subscription in self:
            subscription.can_renew = bool(
                subscription.state in ("active", "paused")
                and subscription.end_date
                and subscription.plan_id.term_count
            )

    # === Every path into a state === #

    def _check_created_state(self):
        if started := self.filtered(lambda one: one.state != "draft")[:1]:
            raise SubscriptionStateError(
                self.env._(
                    "Status: %(name)s has to begin as a draft. Start it afterwards.",
                    name=started.name,
                )
            )

    def write(self, vals):
        target = vals.get("state")
        moving = self.filtered(lambda one: one.state != target) if target else None
        if not moving:
            return super().write(vals)
        by_state = moving.grouped("state")
        moving._check_move(target)
        moving._before_move(target)
        result = super().write(vals)
        for previous, subscriptions in by_state.items():
            subscriptions._after_move(previous, target)
        return result

    def _check_move(self, target):
        for subscription in self:
            reason = subscription._get_move_refusal(target)
            if reason:
                raise SubscriptionStateError(
                    self.env._(
                        "Status of %(name)s: %(reason)s",
                        name=subscription.name,
                        reason=reason,
                    ),
                    state=subscription.state,
                    target=target,
                )

    def _get_move_refusal(self, target):
        """Return why this subscription may not move to ``target``, or False."""
        self.ensure_one()
        if target not in MOVES[self.state]:
            labels = dict(self._fields["state"]._description_selection(self.env))
            return self.env._(
                "it is %(state)s and cannot become %(target)s.",
                state=labels[self.state],
                target=labels.get(target, target),
            )
        checks = {
            "active": self._get_start_refusal,
            "expired": self._get_expiry_refusal,
            "draft": self._get_reset_refusal,
        }
        return checks[target]() if target in checks else False

    def _get_start_refusal(self):
        # sudo: the salesperson of the subscription may not see the order.
        order = self.sudo().origin_order_id
        if order and order.state != "sale":
            return self.env._("its order %(order)s is not confirmed.", order=order.name)
        if not self.line_ids:
            return self.env._("it has no lines. Add what is sold each period.")
        return False

    def _get_expiry_refusal(self):
        if not self.end_date or self.end_date >= self._get_today():
            return self.env._("its end date has not passed. Cancel it instead.")
        return False

    def _get_reset_refusal(self):
        # sudo: the ledger decides, whatever of it the user may read.
        if any(period.state != "waived" for period in self.sudo().period_ids):
            return self.env._("periods are billed. Start a new subscription instead.")
        return False

    def _before_move(self, target):
        """Set what is fixed from the start on."""
        for subscription in self if target == "active" else ():
            if not subscription.anchor_date:
                subscription.anchor_date = subscription._get_today()

    def _after_move(self, previous, target):
        """Do what belongs to the move, whoever made it and on which path."""
        if previous == "paused":
            self._action_unpause(target)
        if target == "paused":
            self._action_pause()
        if target == "cancelled":
            self._action_cancel()
        event = "resumed" if (previous, target) == ("paused", "active") else target
        self._log_event(f"subscription.{event}")

    def _action_pause(self):
        for subscription in self:
            subscription.paused_from = subscription._get_today()

    def _action_unpause(self, target):
        for subscription in self:
            if target == "active":
                subscription._skip_paused_periods()
            subscription.paused_from = False

    def _skip_paused_periods(self):
        """Enter the periods that began during the pause as paused in the ledger."""
        self.ensure_one()
        today, number = self._get_today(), self.period_no + 1
        vals_list = []
        until = (
            min(today, self.end_date + timedelta(days=1)) if self.end_date else today
        )
        while (start := self._get_period_dates(number)[0]) and start < until:
            if start >= self.paused_from:
                vals_list.append(self._prepare_period_vals(number, state="paused"))
            number += 1
        # sudo: nobody may write the ledger; the rows say that nothing is billed.
        self.env["sales.subscription.period"].sudo().create(vals_list)

    def _action_cancel(self):
        for subscription in self:
            # sudo: quotations of the periods belong to the subscription, also those of
            # a colleague; the origin order decides for itself.
            orders = subscription.sudo().period_ids.order_id
            waiting = orders.filtered(lambda order: order.state in ("draft", "sent"))
            waiting -= subscription.sudo().origin_order_id
            if waiting:
                waiting.action_cancel()

    # === Actions === #

    def action_start(self):
        """Start drafts: from the start date on, each period is billed.

        :raise SubscriptionStateError: if there are no lines, or the order it comes
            from is not confirmed
        """
        self.write({"state": "active"})

    def action_pause(self):
        """Pause: periods that begin from today until it is resumed are not billed."""
        self.write({"state": "paused"})

    def action_resume(self):
        """Resume; the next period that begins today or later is billed again."""
        if any(subscription.state != "paused" for subscription in self):
            raise SubscriptionStateError(
                self.env._("Only paused subscriptions can be resumed.")
            )
        self.write({"state": "active"})

    def action_cancel(self):
        """Cancel: nothing is billed any more; orders that wait are cancelled too."""
        self.write({"state": "cancelled"})

    def action_draft(self):
        """Set a cancelled subscription without billed periods back to draft."""
        self.write({"state": "draft"})

    def action_renew(self):
        """Move the end date by another term of the plan.

        :raise SubscriptionStateError: if it has no end date or the plan no term
        """
        for subscription in self:
            if not subscription.can_renew:
                raise SubscriptionStateError(
                    self.env._(
                        "%(name)s has no term to renew. Change its end date instead.",
                        name=subscription.name,
                    )
                )
            plan, anchor = subscription.plan_id, subscription.anchor_date
            # The day after the end lies in the first period of the new term.
            first = plan._get_period_number(
                anchor, subscription.end_date + timedelta(days=1)
            )
            number = first + plan.term_count - 1
            subscription.end_date = plan._get_period(anchor, number)[1]
            subscription._log_event(
                "subscription.renewed", end_date=str(subscription.end_date)
            )

    @api.model
    def _get_to_renew_domain(self):
        """Running subscriptions that end within 30 days."""
        return Domain("state", "in", ("active", "paused")) & Domain(
            "end_date", "<=", "today +30d"
        )

    # === Expiry === #

    @api.model
    def _get_expired_domain(self):
        """Past the end, and every period before it is in the ledger."""
        return (
            Domain("state", "in", ("active", "paused"))
            & Domain("next_billing_date", "=", False)
            & self._get_local_date_domain("end_date", "<")
        )

    @api.model
    def _cron_lifecycle(self, limit=200):
        """Expire what reached its end."""
        domain = self._get_expired_domain()
        cron = self.env["ir.cron"]
        expired = self.search(domain, limit=limit, order="end_date, id")
        cron._commit_progress(remaining=self.search_count(domain))
        for subscription in expired:
            locked = subscription.try_lock_for_update().filtered_domain(domain)
            locked.write({"state": "expired"})
            if not cron._commit_progress(1):
                break
