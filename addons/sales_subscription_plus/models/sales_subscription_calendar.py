from odoo import api, fields, models

from ..tools import calendar


class SalesSubscription(models.Model):
    """When it begins and ends, and which period is billed next."""

    _inherit = "sales.subscription"

    anchor_date = fields.Date(
        string="Start Date",
        copy=False,
        tracking=True,
        help="First day of the first period; every period is reckoned from it.",
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
        help="First day of the next period; it is billed on that day.",
    )
    paused_from = fields.Date(
        readonly=True,
        copy=False,
        help="Periods that begin from this day until it is resumed are not billed.",
    )

    _check_dates = models.Constraint(
        "CHECK(end_date IS NULL OR anchor_date IS NULL OR end_date >= anchor_date)",
        "End Date: it lies before the start date.",
    )

    # === Compute === #

    @api.depends("plan_id", "anchor_date")
    def _compute_end_date(self):
        for subscription in self:
            plan, anchor = subscription.plan_id, subscription.anchor_date
            subscription.end_date = (
                plan._get_period(anchor, plan.term_count)[1]
                if anchor and plan.term_count
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

    @api.depends("state", "plan_id", "anchor_date", "end_date", "period_no")
    def _compute_dates(self):
        for subscription in self:
            current = subscription._get_period_dates(subscription.period_no)
            subscription.current_start, subscription.current_end = current
            subscription.next_billing_date = subscription._get_next_billing_date()

    # === Business === #

    def _get_today(self):
        """Return today's date where the customer lives."""
        self.ensure_one()
        return calendar.get_local_date(fields.Datetime.now(), self.tz)

    def _get_period_dates(self, number):
        """Return (first day, last day) of period ``number``, or (False, False)."""
        self.ensure_one()
        if not (self.anchor_date and self.plan_id and number):
            return False, False
        return self.plan_id._get_period(self.anchor_date, number)

    def _get_next_billing_date(self):
        """Return the first day of the next period to bill, or False."""
        self.ensure_one()
        if self.state not in ("draft", "active"):
            return False
        start = self._get_period_dates(self.period_no + 1)[0]
        return False if self.end_date and start and start > self.end_date else start
