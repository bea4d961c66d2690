from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.sales_order_plus.models.seam.moments import MONTHS, WEEKDAYS

from ..tools import schedule

# {mode: units it goes with}
ANCHOR_UNITS = {
    "start": {"day", "week", "month", "quarter", "year"},
    "weekday": {"week"},
    "month_day": {"month", "quarter", "year"},
    "year_day": {"month", "quarter", "year"},
}


class SalesSubscriptionPlan(models.Model):
    """On which days periods begin, what a short one costs and when it is billed."""

    _inherit = "sales.subscription.plan"

    anchor_mode = fields.Selection(
        selection=[
            ("start", "The day it started"),
            ("month_day", "A day of the month"),
            ("weekday", "A day of the week"),
            ("year_day", "A day of the year"),
        ],
        string="Periods Begin On",
        required=True,
        default="start",
        help="With a fixed day the first period is short: it ends the day before.",
    )
    anchor_day = fields.Integer(
        string="Day",
        default=1,
        help="Day of the month, 1 to 31. Months that have no such day end earlier: 31 "
        "is always the last day.",
    )
    anchor_weekday = fields.Selection(
        selection=WEEKDAYS,
        string="Weekday",
        default="0",
        help="Day of the week every period begins on.",
    )
    anchor_month = fields.Selection(
        selection=MONTHS, string="Month", default="1", help="Month of the fixed day."
    )
    first_period = fields.Selection(
        selection=[
            ("prorate", "Its days only"),
            ("full", "The full price"),
            ("free", "Nothing"),
        ],
        string="A Short Period Costs",
        required=True,
        default="prorate",
        help="A short first period, before the fixed day, and a last one that the end "
        "date cuts short. Days are counted against those of the full period.",
    )
    billing_timing = fields.Selection(
        selection=[("advance", "When it begins"), ("arrears", "When it is over")],
        string="A Period is Billed",
        required=True,
        default="advance",
        help="Goods and services paid before or after they are used.",
    )
    lead_days = fields.Integer(
        string="Days Before",
        help="Billed this many days earlier, for instance so that goods arrive on the "
        "first day.",
    )
    trial_days = fields.Integer(
        help="Days that are free before the first period begins; 0 for none.",
    )
    consolidate = fields.Boolean(
        string="One Invoice a Customer",
        help="Periods of one customer that are billed at the same time, in the same "
        "currency and with the same payment terms, share an invoice.",
    )

    _check_anchor_day = models.Constraint(
        "CHECK(anchor_day BETWEEN 1 AND 31)", "Day: give a day between 1 and 31."
    )
    _check_days = models.Constraint(
        "CHECK(lead_days BETWEEN 0 AND 60 AND trial_days BETWEEN 0 AND 730)",
        "Days Before: give 0 to 60 days. Trial: give 0 to 730 days.",
    )

    @api.constrains("anchor_mode", "interval_unit")
    def _check_anchor_mode(self):
        for plan in self:
            if plan.interval_unit not in ANCHOR_UNITS[plan.anchor_mode]:
                raise ValidationError(
                    self.env._(
                        "Periods Begin On: a day of the week goes with weeks, a day of "
                        "the month or year with months, quarters or years."
                    )
                )

    @api.constrains("lead_days", "billing_timing")
    def _check_lead_days(self):
        for plan in self:
            if plan.lead_days and plan.billing_timing == "arrears":
                raise ValidationError(
                    self.env._(
                        "Days Before: a period that is over cannot be billed earlier."
                    )
                )

    def _get_schedule(self, start, base=0):
        """Return the periods of a subscription that begins on ``start``.

        :param date start: first day of the first period
        :param int base: number of the last period of an older schedule
        :rtype: odoo.addons.sales_subscription_plus.tools.schedule.Schedule
        """
        self.ensure_one()
        return schedule.Schedule.build(
            start,
            self.interval_count,
            self.interval_unit,
            self.anchor_mode,
            base,
            day=self.anchor_day,
            weekday=int(self.anchor_weekday or 0),
            month=int(self.anchor_month or 1),
        )

    def _get_months(self):
        """Return how many months a period lasts on average."""
        self.ensure_one()
        days = {"day": 1, "week": 7}.get(self.interval_unit)
        if days:
            return self.interval_count * days * 12 / 365.25
        return self.interval_count * {"month": 1, "quarter": 3, "year": 12}.get(
            self.interval_unit
        )

    def _is_billed_by_order(self):
        """Return whether an order on the plan bills the first period itself."""
        self.ensure_one()
        return (
            self.anchor_mode == "start"
            and self.billing_timing == "advance"
            and not self.trial_days
        )
