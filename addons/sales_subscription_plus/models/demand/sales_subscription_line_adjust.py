from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.sales_order_plus.models.seam.moments import get_local

from ...tools import demand
from ..sales_subscription_state import BILLED_STATES


class SalesSubscriptionLine(models.Model):
    """Quantities that follow what the customer uses: proposed, or by themselves."""

    _inherit = "sales.subscription.line"

    auto_adjust = fields.Selection(
        selection=[
            ("off", "No"),
            ("suggest", "Proposed to the customer"),
            ("apply", "By itself"),
        ],
        string="Quantity Follows Usage",
        required=True,
        default="off",
        help="For lines billed by what is used above a quantity: the quantity of the "
        "next period is learned from what was used. By itself only where the customer "
        "agreed on it.",
    )
    adjust_method = fields.Selection(
        selection=[("trend", "Trend"), ("mean", "Mean")],
        string="Learned As",
        required=True,
        default="trend",
        help="Trend: the newest periods count most, and where they lead. Mean: all the "
        "same.",
    )
    adjust_window = fields.Integer(
        string="Periods Looked At",
        default=3,
        required=True,
        help="How many periods that are over it is learned from.",
    )
    adjust_min = fields.Float(
        string="At Least", digits="Product Unit", help="Never less; 0: one step."
    )
    adjust_max = fields.Float(
        string="At Most", digits="Product Unit", help="Never more; 0: no limit."
    )
    adjust_max_percent = fields.Float(
        string="Change at Most (%)",
        default=20.0,
        required=True,
        help="How far the quantity moves at once.",
    )
    adjust_step = fields.Float(
        string="Step",
        digits="Product Unit",
        default=1.0,
        required=True,
        help="Quantities are multiples of it, such as the size of a box.",
    )
    adjust_error = fields.Float(
        string="Mean Error",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="How far off it would have been on average in the past, in units; measured "
        "on periods it had not seen.",
    )
    adjusted_period = fields.Integer(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Number of the last period in which the quantity was looked at.",
    )

    _check_adjust = models.Constraint(
        "CHECK(adjust_window BETWEEN 2 AND 36 AND adjust_step > 0 "
        "AND adjust_max_percent BETWEEN 0 AND 1000 AND adjust_min >= 0 "
        "AND adjust_max >= 0)",
        "Quantity Follows Usage: look at 2 to 36 periods, with a step above zero and no "
        "negative limits.",
    )

    # === Cron === #

    @api.model
    def _cron_adjust(self, limit=200):
        """Look once a period at each line whose quantity follows what is used.

        :param int limit: lines a pass
        """
        cron = self.env["ir.cron"]
        domain = (
            Domain("auto_adjust", "!=", "off")
            & Domain("quantity_mode", "=", "overage")
            & Domain("subscription_id.state", "in", BILLED_STATES)
        )
        lines = self.search(domain, order="id").filtered(
            lambda line: line._is_to_adjust()
        )
        cron._commit_progress(remaining=len(lines))
        for line in lines[:limit]:
            subscription = line.subscription_id.try_lock_for_update()
            if subscription and line._is_to_adjust():
                subscription._try_or_postpone(line._adjust)
            if not cron._commit_progress(1):
                return

    def _get_running_number(self):
        """Return the number of the period that runs today."""
        subscription = self.subscription_id
        return subscription._get_schedule().get_number(subscription._get_today())

    def _is_to_adjust(self):
        self.ensure_one()
        number = self._get_running_number()
        first = max(self.first_period, 1)
        return self.adjusted_period < number and number - first >= self.adjust_window

    def _adjust(self):
        """Learn the quantity of the next period; propose or arrange it."""
        self.ensure_one()
        number = self._get_running_number()
        history = self._get_usage_history(number)
        wanted = demand.forecast(history[-self.adjust_window :], self.adjust_method)
        self.write(
            {
                "adjusted_period": number,
                "adjust_error": demand.measure(history, self.adjust_method)[0],
            }
        )
        quantity = demand.suggest(
            wanted,
            self.quantity,
            self.adjust_min,
            self.adjust_max,
            self.adjust_max_percent,
            self.adjust_step,
        )
        if quantity != self.quantity:
            self._adjust_to(quantity, history[-self.adjust_window :])

    def _get_usage_history(self, number):
        """Return what was used in each period before ``number``, the oldest first."""
        self.ensure_one()
        subscription = self.subscription_id
        schedule, tz = subscription._get_schedule(), subscription.tz
        start = subscription._get_period_dates(number)[0]
        by_number = self._get_usage_events(start).grouped(
            lambda event: schedule.get_number(get_local(event.occurred_at, tz).date())
        )
        meter = self.meter_id.sudo()
        nothing = self.env["sales.usage.event"]
        return [
            meter._aggregate(by_number[one]) if by_number.get(one, nothing) else 0.0
            for one in range(max(self.first_period, 1), number)
        ]

    def _adjust_to(self, quantity, history):
        used = ", ".join(f"{one:g}" for one in history)
        change = self.env["sales.subscription.change"].create(
            {
                "subscription_id": self.subscription_id.id,
                "kind": "quantity",
                "line_id": self.id,
                "quantity": quantity,
                "effective": "next_period",
                "source": "auto",
                "reason": self.env._(
                    "auto-adjust: %(used)s used, off by %(error).1f on average",
                    used=used,
                    error=self.adjust_error,
                ),
            }
        )
        if self.auto_adjust == "apply":
            change.action_confirm()
        else:
            change._propose()
