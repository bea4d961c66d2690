from odoo import fields, models

from ..exceptions import SubscriptionStateError
from .sales_subscription_state import BILLED_STATES, LIVE_STATES


class SalesSubscription(models.Model):
    """Leaving for one period, or for good on a day that can be undone."""

    _inherit = "sales.subscription"

    def action_skip_next(self):
        """Leave the next period out: it is neither ordered nor billed.

        :raise SubscriptionStateError: if none is to come
        """
        self.check_access("write")
        for subscription in self:
            subscription.sudo().lock_for_update()
            upcoming = subscription._get_upcoming_periods(1)
            if not upcoming or subscription.state not in BILLED_STATES:
                raise SubscriptionStateError(
                    self.env._(
                        "%(name)s has no period to leave out.", name=subscription.name
                    )
                )
            number, start, _end = upcoming[0]
            vals = subscription._prepare_period_vals(number, state="skipped")
            # sudo: nobody may write the ledger; the row says that nothing is billed.
            self.env["sales.subscription.period"].sudo().create(vals)
            subscription._log_event(
                "subscription.skipped", period=number, date=str(start)
            )

    def action_cancel_later(
        self, *, when: str = "period_end", reason_id: int = 0, note: str = ""
    ):
        """Arrange a cancellation; it can be undone until its day.

        :param str when: ``period_end``: the last day that is billed already;
            ``now``: today; or an ISO date from today on
        :param int reason_id: ``sales.cancel.reason``; 0 for none
        :param str note: reason in the customer's words
        :raise SubscriptionStateError: if it is not running or the date has passed
        """
        self.check_access("write")
        for subscription in self:
            subscription.sudo().lock_for_update()
            if subscription.state not in LIVE_STATES:
                raise SubscriptionStateError(
                    self.env._("%(name)s is not running.", name=subscription.name)
                )
            day = subscription._get_cancel_day(when)
            subscription._write_life(
                {
                    "cancel_on": day,
                    "cancel_reason_id": reason_id,
                    "cancel_note": note,
                }
            )
            subscription._log_event(
                "subscription.cancel_arranged",
                date=str(day),
                reason=subscription.cancel_reason_id.name or "",
                note=note,
            )

    def _get_cancel_day(self, when):
        today = self._get_today()
        if when == "now":
            return today
        if when != "period_end":
            day = fields.Date.to_date(when)
            if day < today:
                raise SubscriptionStateError(
                    self.env._("when: %(date)s has passed.", date=when)
                )
            return day
        if self.state == "trial":
            return max(self.trial_until, today)
        if self.plan_id.billing_timing == "arrears" and self.next_billing_date:
            return max(self._get_upcoming_periods(1)[0][2], today)
        return max(self.current_end or today, today)

    def action_undo_cancel(self):
        """Undo a cancellation whose day has not passed.

        :raise SubscriptionStateError: if none is arranged
        """
        self.check_access("write")
        for subscription in self:
            subscription.sudo().lock_for_update()
            if not subscription.cancel_on or subscription.state not in LIVE_STATES:
                raise SubscriptionStateError(
                    self.env._(
                        "%(name)s: no cancellation is arranged.", name=subscription.name
                    )
                )
            subscription._write_life(
                {"cancel_on": False, "cancel_reason_id": False, "cancel_note": False}
            )
            subscription._log_event("subscription.cancel_undone")
