from odoo import fields, models


class LoyaltyReward(models.Model):
    """Coupons that hold for periods of subscriptions."""

    _inherit = "loyalty.reward"

    subscription_periods = fields.Integer(
        string="For Periods of a Subscription",
        help="Redeemed on a subscription, the discount is taken off so many periods; 0: "
        "it is not for subscriptions.",
    )

    _check_subscription_periods = models.Constraint(
        "CHECK(subscription_periods >= 0)", "For Periods: give 0 or more."
    )
