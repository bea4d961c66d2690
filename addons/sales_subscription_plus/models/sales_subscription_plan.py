from odoo import api, fields, models

from ..exceptions import SubscriptionLockedError

CALENDAR_FIELDS = frozenset(
    {
        "anchor_day",
        "anchor_mode",
        "anchor_month",
        "anchor_weekday",
        "billing_timing",
        "interval_count",
        "interval_unit",
    }
)


class SalesSubscriptionPlan(models.Model):
    """How often something is sold again, for how long and how it is invoiced."""

    _name = "sales.subscription.plan"
    _description = "Subscription Plan"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(
        required=True,
        translate=True,
        help="What customers and colleagues call the plan, such as Monthly.",
    )
    sequence = fields.Integer(default=10, help="Order in which plans are offered.")
    active = fields.Boolean(
        default=True,
        help="Archived plans are not offered; their subscriptions go on.",
    )
    company_id = fields.Many2one(
        "res.company",
        help="Company that may use the plan; empty for all companies.",
    )
    interval_count = fields.Integer(
        string="Every",
        required=True,
        default=1,
        help="Number of units from one period to the next.",
    )
    interval_unit = fields.Selection(
        selection=[
            ("day", "Days"),
            ("week", "Weeks"),
            ("month", "Months"),
            ("quarter", "Quarters"),
            ("year", "Years"),
        ],
        string="Unit",
        required=True,
        default="month",
        help="A period begins on the day the subscription began: from 31 January "
        "monthly to 28 February, 31 March, 30 April.",
    )
    interval_label = fields.Char(
        string="Frequency",
        compute="_compute_interval_label",
        help="The interval in words, as the customer reads it.",
    )
    term_count = fields.Integer(
        string="Term (Periods)",
        help="Number of periods after which a subscription ends; 0 goes on until it "
        "is cancelled.",
    )
    auto_post = fields.Boolean(
        string="Post Invoices",
        default=True,
        help="Invoices of the periods are posted at once. Otherwise they stay drafts "
        "for accounting to check.",
    )
    subscription_ids = fields.One2many(
        "sales.subscription", "plan_id", help="Subscriptions on this plan."
    )
    subscription_count = fields.Integer(
        compute="_compute_subscription_count",
        help="Subscriptions on this plan that you may see.",
    )

    _check_interval_count = models.Constraint(
        "CHECK(interval_count BETWEEN 1 AND 3650)",
        "Every: give a number of units between 1 and 3650.",
    )
    _check_term_count = models.Constraint(
        "CHECK(term_count BETWEEN 0 AND 1200)",
        "Term: give a number of periods between 0 (no end) and 1200.",
    )

    @api.depends("interval_count", "interval_unit")
    @api.depends_context("lang")
    def _compute_interval_label(self):
        for plan in self:
            plan.interval_label = plan._get_interval_label()

    def _get_interval_label(self):
        one = {
            "day": self.env._("every day"),
            "week": self.env._("every week"),
            "month": self.env._("every month"),
            "quarter": self.env._("every quarter"),
            "year": self.env._("every year"),
        }
        if self.interval_count == 1:
            return one.get(self.interval_unit)
        count = self.interval_count
        many = {
            "day": self.env._("every %(count)s days", count=count),
            "week": self.env._("every %(count)s weeks", count=count),
            "month": self.env._("every %(count)s months", count=count),
            "quarter": self.env._("every %(count)s quarters", count=count),
            "year": self.env._("every %(count)s years", count=count),
        }
        return many.get(self.interval_unit)

    @api.depends_context("uid")
    def _compute_subscription_count(self):
        counts = dict(
            self.env["sales.subscription"]._read_group(
                [("plan_id", "in", self.ids)], ["plan_id"], ["__count"]
            )
        )
        for plan in self:
            plan.subscription_count = counts.get(plan, 0)

    def write(self, vals):
        self._check_calendar_unused(vals)
        return super().write(vals)

    def _check_calendar_unused(self, vals):
        """Periods that are billed lie on the old calendar: it cannot move below them."""
        changed = CALENDAR_FIELDS & vals.keys()
        for plan in self:
            # sudo: subscriptions of colleagues and other companies count too.
            used = changed and plan.sudo().subscription_ids
            if used and any(plan[name] != vals[name] for name in changed):
                raise SubscriptionLockedError(
                    self.env._(
                        "Calendar: %(plan)s has subscriptions. Archive the plan and "
                        "create a new one with the other interval.",
                        plan=plan.display_name,
                    )
                )

    def action_view_subscriptions(self):
        """Open the subscriptions of the plan.

        :return: window action
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_subscription_plus.sales_subscription_action"
        )
        action["domain"] = [("plan_id", "=", self.id)]
        return action
