from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.sales_order_plus.models.seam.moments import get_local


class SalesSubscription(models.Model):
    """When it begins and ends, and which period is billed next."""

    _inherit = "sales.subscription"

    anchor_date = fields.Date(
        string="Start Date",
        copy=False,
        tracking=True,
        help="First day of the first period; every period is reckoned from it. It moves "
        "when a trial ends or the rhythm is changed.",
    )
    date_start = fields.Date(
        string="Customer Since",
        readonly=True,
        copy=False,
        help="The day it was started, trial included.",
    )
    calendar_base = fields.Integer(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Number of the last period before the rhythm was changed.",
    )
    trial_until = fields.Date(
        readonly=True,
        copy=False,
        help="Last day of the trial; nothing is billed until then.",
    )
    cancel_on = fields.Date(
        string="Cancelled As Of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        tracking=True,
        help="Last day before a cancellation that is arranged already and can be "
        "undone until then.",
    )
    end_date = fields.Date(
        compute="_compute_end_date",
        store=True,
        readonly=False,
        copy=False,
        index="btree_not_null",
        tracking=True,
        help="Last day of the subscription; periods that begin later are not billed. "
        "Empty: it goes on until it is cancelled.",
    )
    period_ids = fields.One2many(
        "sales.subscription.period",
        "subscription_id",
        string="Periods",
        readonly=True,
        copy=False,
        help="The billing ledger: one row for each period.",
    )
    period_no = fields.Integer(
        string="Period",
        compute="_compute_period_no",
        store=True,
        help="Number of the last period in the billing ledger; 0 before the first.",
    )
    current_start = fields.Date(
        string="Current Period From",
        compute="_compute_dates",
        store=True,
        help="First day of the last period in the billing ledger.",
    )
    current_end = fields.Date(
        string="Current Period To",
        compute="_compute_dates",
        store=True,
        help="Last day of the last period in the billing ledger.",
    )
    next_billing_date = fields.Date(
        string="Next Billing",
        compute="_compute_dates",
        store=True,
        index="btree_not_null",
        help="When the next period is billed: the day it begins, some days before, or "
        "the day after it is over, as the plan says.",
    )
    paused_from = fields.Date(
        readonly=True,
        copy=False,
        help="Periods that begin from this day until it is resumed are not billed.",
    )
    paused_until = fields.Date(
        copy=False,
        tracking=True,
        help="Last day of the pause; the day after it is resumed by itself. Empty: it "
        "is paused until somebody resumes it.",
    )

    _check_dates = models.Constraint(
        "CHECK(end_date IS NULL OR anchor_date IS NULL OR end_date >= anchor_date)",
        "End Date: it lies before the start date.",
    )

    # === Compute === #

    @api.depends("plan_id", "anchor_date")
    def _compute_end_date(self):
        for subscription in self:
            term = subscription.plan_id.term_count
            subscription.end_date = (
                subscription._get_term_end(term)
                if subscription.anchor_date and term
                else False
            )

    @api.depends("period_ids.period_no", "period_ids.kind")
    def _compute_period_no(self):
        for subscription in self:
            regular = subscription.period_ids.filtered(
                lambda row: row.kind == "regular"
            )
            numbers = set(regular.mapped("period_no"))
            number = 0
            while number + 1 in numbers:
                number += 1
            subscription.period_no = number

    @api.depends(
        "state", "plan_id", "anchor_date", "end_date", "cancel_on", "period_no"
    )
    def _compute_dates(self):
        for subscription in self:
            row = subscription.period_ids.filtered(
                lambda row, number=subscription.period_no: (
                    row.kind == "regular" and row.period_no == number
                )
            )[:1]
            subscription.current_start = row.date_start
            subscription.current_end = row.date_end
            subscription.next_billing_date = subscription._get_next_billing_date()

    # === Business === #

    def _get_today(self):
        """Return today's date where the customer lives."""
        self.ensure_one()
        return get_local(fields.Datetime.now(), self.tz).date()

    def _get_schedule(self):
        """Return the periods from the last change of the rhythm on, or None."""
        self.ensure_one()
        if not (self.anchor_date and self.plan_id):
            return None
        # sudo: the number belongs to the agreement; customers do not read it.
        return self.plan_id._get_schedule(self.anchor_date, self.sudo().calendar_base)

    def _get_term_end(self, periods):
        """Return the last day of a term of so many full periods from the anchor."""
        schedule = self._get_schedule()
        number = schedule.base + schedule.has_stub + periods
        return schedule.get_period(number)[1]

    def _get_last_day(self):
        """Return the day after which nothing is billed, or False for no end."""
        self.ensure_one()
        ends = [day for day in (self.end_date, self.cancel_on) if day]
        return min(ends) if ends else False

    def _get_period_dates(self, number):
        """Return (first day, last day) of period ``number``, or (False, False).

        The last day is never later than the end of the subscription.
        """
        self.ensure_one()
        schedule = number and self._get_schedule()
        span = schedule and schedule.get_period(number)
        if not span:
            return False, False
        start, end = span
        last = self._get_last_day()
        return (start, last) if last and start <= last < end else (start, end)

    def _get_next_billing_date(self):
        """Return the day the next period is billed, or False."""
        self.ensure_one()
        if self.state not in ("draft", "trial", "active", "past_due"):
            return False
        if self.state == "past_due" and self.plan_id.grace_policy == "hold":
            return False
        start, end = self._get_period_dates(self.period_no + 1)
        last = self._get_last_day()
        if not start or (last and start > last):
            return False
        if self.plan_id.billing_timing == "arrears":
            return end + timedelta(days=1)
        return start - timedelta(days=self.plan_id.lead_days)

    def _get_upcoming_periods(self, count):
        """Return [(number, first day, last day)] of the next periods not billed yet."""
        self.ensure_one()
        upcoming, number, last = [], self.period_no + 1, self._get_last_day()
        if self.state not in ("draft", "trial", "active", "past_due"):
            return upcoming
        while len(upcoming) < count:
            start, end = self._get_period_dates(number)
            if not start or (last and start > last):
                break
            upcoming.append((number, start, end))
            number += 1
        return upcoming
