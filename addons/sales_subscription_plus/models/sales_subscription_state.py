from datetime import timedelta

from odoo import fields, models

from ..exceptions import SubscriptionStateError
from .grants import may_reactivate

# {state: states it may move to}; every path goes through write(). What ended becomes
# active again only by action_reactivate().
MOVES = {
    "draft": {"trial", "active", "cancelled"},
    "trial": {"active", "cancelled"},
    "active": {"past_due", "paused", "cancelled", "expired"},
    "past_due": {"active", "paused", "cancelled", "expired"},
    "paused": {"active", "cancelled", "expired"},
    "cancelled": {"draft"},
    "expired": set(),
}
# States in which periods are billed, and in which there is an agreement.
BILLED_STATES = ("active", "past_due")
LIVE_STATES = ("trial", "active", "past_due", "paused")
# {(from, to): what the move is called}; others are called as the state.
EVENTS = {
    ("trial", "active"): "converted",
    ("past_due", "active"): "recovered",
    ("paused", "active"): "resumed",
    ("cancelled", "active"): "reactivated",
    ("expired", "active"): "reactivated",
}


class SalesSubscription(models.Model):
    """The life of a subscription: which moves are allowed and what each one does."""

    _inherit = "sales.subscription"

    ended_on = fields.Date(
        readonly=True,
        copy=False,
        help="The day it was cancelled or expired.",
    )
    grace_until = fields.Date(
        readonly=True,
        copy=False,
        help="Last day to pay what is past due; then it is paused or cancelled.",
    )
    cancel_reason_id = fields.Many2one(
        "sales.cancel.reason",
        string="Reason",
        copy=False,
        tracking=True,
        ondelete="restrict",
        help="Why the customer cancels.",
    )
    cancel_note = fields.Text(
        string="Reason in Words", copy=False, help="What the customer says about it."
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
        if target not in MOVES[self.state] and not (
            target == "active" and may_reactivate(self.id)
        ):
            labels = dict(self._fields["state"]._description_selection(self.env))
            return self.env._(
                "it is %(state)s and cannot become %(target)s.",
                state=labels[self.state],
                target=labels.get(target, target),
            )
        checks = {
            "trial": self._get_start_refusal,
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
        for subscription in self if target in ("active", "trial") else ():
            start = subscription.anchor_date or subscription._get_today()
            if not subscription.date_start:
                subscription._write_life({"date_start": start})
            if target == "trial":
                days = timedelta(days=subscription.plan_id.trial_days)
                last = start + days - timedelta(days=1)
                subscription._write_life({"trial_until": last})
                start += days
            if subscription.anchor_date != start:
                subscription.anchor_date = start

    def _after_move(self, previous, target):
        """Do what belongs to the move, whoever made it and on which path."""
        if previous == "paused":
            self._action_unpause(target)
        if previous == "past_due":
            self._write_life({"grace_until": False})
        if target == "paused":
            self._action_pause()
        if target == "past_due":
            self._action_past_due()
        if target == "cancelled":
            self._action_cancel()
        if target in ("cancelled", "expired"):
            for subscription in self:
                subscription._write_life(
                    {"ended_on": subscription._get_today(), "cancel_on": False}
                )
        event = EVENTS.get((previous, target), target)
        self._log_event(f"subscription.{event}")

    def _action_past_due(self):
        for subscription in self:
            days = timedelta(days=subscription.plan_id.grace_days)
            last = subscription._get_today() + days
            subscription._write_life({"grace_until": last})

    def _action_pause(self):
        for subscription in self:
            subscription._write_life({"paused_from": subscription._get_today()})

    def _action_unpause(self, target):
        for subscription in self:
            if target == "active":
                subscription._make_up_for_pause()
            subscription._write_life({"paused_from": False, "paused_until": False})

    def _make_up_for_pause(self):
        """Leave out the periods of the pause, or move the rest of the paid one."""
        self.ensure_one()
        end = self.current_end
        if self.plan_id.pause_mode == "shift" and end and end >= self.paused_from:
            left = end - self.paused_from + timedelta(days=1)
            self._rebase(self._get_today() + left)
        else:
            self._skip_periods(self.paused_from)

    def _skip_periods(self, since):
        """Enter the periods that began from ``since`` until now as paused."""
        self.ensure_one()
        today, number = self._get_today(), self.period_no + 1
        vals_list = []
        last = self._get_last_day()
        until = min(today, last + timedelta(days=1)) if last else today
        while (start := self._get_period_dates(number)[0]) and start < until:
            if start >= since:
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
        """Start drafts: after the trial, if there is one, each period is billed.

        :raise SubscriptionStateError: if there are no lines, or the order it comes
            from is not confirmed
        """
        trials = self.filtered(lambda one: one.plan_id.trial_days)
        if trials:
            trials.write({"state": "trial"})
        if self - trials:
            (self - trials).write({"state": "active"})

    def action_pause(self, *, until: str = ""):
        """Pause: periods that begin from today until it is resumed are not billed.

        :param str until: ISO date of the last day of the pause; empty: until somebody
            resumes it
        :raise SubscriptionStateError: if it is not active, or the day has passed
        """
        day = fields.Date.to_date(until) if until else False
        if day and any(day < subscription._get_today() for subscription in self):
            raise SubscriptionStateError(
                self.env._("Until: give a day from today on, or none.")
            )
        self.write({"state": "paused", "paused_until": day})

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
