from odoo import fields, models


class SalesSubscriptionOffer(models.Model):
    """What a customer who cancels his subscription is offered to stay."""

    _name = "sales.subscription.offer"
    _description = "Subscription Offer"
    _order = "sequence, id"

    name = fields.Char(
        required=True, translate=True, help="What the customer reads as headline."
    )
    text = fields.Text(translate=True, help="What the customer reads below it.")
    sequence = fields.Integer(default=10, help="The first one that fits is offered.")
    active = fields.Boolean(default=True, help="Archived offers are not made.")
    company_id = fields.Many2one("res.company", help="Empty: all companies.")
    kind = fields.Selection(
        selection=[
            ("discount", "A discount on some periods"),
            ("pause", "A pause"),
            ("plan", "A smaller plan"),
        ],
        required=True,
        default="discount",
        help="What is offered.",
    )
    percent = fields.Float(
        string="Discount (%)", digits="Discount", default=20.0, help="Taken off."
    )
    period_count = fields.Integer(
        string="Periods", default=3, help="How many periods it is for."
    )
    plan_id = fields.Many2one(
        "sales.subscription.plan",
        string="Smaller Plan",
        help="Plan of the family it goes on with from the next period.",
    )
    reason_ids = fields.Many2many(
        "sales.cancel.reason", string="Reasons", help="Only for these; empty: for all."
    )
    plan_ids = fields.Many2many(
        "sales.subscription.plan",
        "sales_subscription_offer_plan_rel",
        string="Plans",
        help="Only for these; empty: for all.",
    )

    _check_values = models.Constraint(
        "CHECK(period_count > 0 AND percent > 0 AND percent <= 100)",
        "Periods: give more than 0. Discount: give more than 0 and at most 100 percent.",
    )

    def _fits(self, subscription, reason):
        """Return whether the offer may be made for ``subscription``."""
        self.ensure_one()
        plan = subscription.plan_id
        if self.reason_ids and reason not in self.reason_ids:
            return False
        if self.plan_ids and plan not in self.plan_ids:
            return False
        if self.kind == "plan":
            return self.plan_id in plan._get_switch_plans()
        if self.kind == "pause":
            return subscription.state == "active"
        # Nobody earns one discount after the other by cancelling again and again.
        return not any(
            discount.source == "retention" for discount in subscription.discount_ids
        )
