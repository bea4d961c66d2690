from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..exceptions import SubscriptionLockedError


class SalesSubscriptionDiscount(models.Model):
    """A percentage off the next periods: a coupon, an offer to stay, or by hand."""

    _name = "sales.subscription.discount"
    _description = "Subscription Discount"
    _order = "subscription_id, first_period, id"

    subscription_id = fields.Many2one(
        "sales.subscription",
        required=True,
        index=True,
        ondelete="cascade",
        help="Subscription it is granted on.",
    )
    company_id = fields.Many2one(
        related="subscription_id.company_id", store=True, precompute=True
    )
    name = fields.Char(required=True, help="What the customer reads.")
    source = fields.Selection(
        selection=[
            ("manual", "By hand"),
            ("coupon", "Coupon"),
            ("retention", "Offer to stay"),
        ],
        required=True,
        readonly=True,
        default="manual",
        help="Where it comes from.",
    )
    percent = fields.Float(
        string="Discount (%)",
        digits="Discount",
        required=True,
        help="Taken off every line of the periods.",
    )
    first_period = fields.Integer(
        required=True,
        compute="_compute_first_period",
        store=True,
        readonly=False,
        precompute=True,
        help="Number of the first period it holds for.",
    )
    period_count = fields.Integer(
        string="Periods",
        default=1,
        help="How many periods it holds for; 0: until the subscription ends.",
    )
    coupon_id = fields.Many2one(
        "loyalty.card",
        readonly=True,
        groups="base.group_user",
        index="btree_not_null",
        ondelete="restrict",
        help="Coupon that was redeemed for it.",
    )

    _check_percent = models.Constraint(
        "CHECK(percent > 0 AND percent <= 100)",
        "Discount: give more than 0 and at most 100 percent.",
    )
    _check_periods = models.Constraint(
        "CHECK(first_period > 0 AND period_count >= 0)",
        "Periods: give 0 (no end) or more.",
    )
    _coupon_uniq = models.UniqueIndex(
        "(coupon_id) WHERE coupon_id IS NOT NULL", "This coupon is redeemed already."
    )

    @api.depends("subscription_id")
    def _compute_first_period(self):
        for discount in self:
            discount.first_period = discount.subscription_id.period_no + 1

    @api.constrains("subscription_id", "first_period")
    def _check_first_period(self):
        for discount in self:
            if discount.first_period <= discount.subscription_id.period_no:
                raise ValidationError(
                    self.env._(
                        "First Period: period %(number)s is billed already.",
                        number=discount.first_period,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for discount in self:
            if discount.first_period <= discount.subscription_id.period_no:
                raise SubscriptionLockedError(
                    self.env._(
                        "%(name)s: periods are billed with it. Set Periods to end it.",
                        name=discount.name,
                    )
                )

    def _holds_for(self, number):
        """Return whether it is taken off period ``number``."""
        self.ensure_one()
        passed = number - self.first_period
        return passed >= 0 and (not self.period_count or passed < self.period_count)
