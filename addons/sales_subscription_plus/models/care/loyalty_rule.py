from contextvars import ContextVar

from odoo import fields, models

from odoo.addons.sales_order_plus.models.seam.granted import granted

# Whether points are reckoned for an order that bills a later period.
_RENEWING = ContextVar("sales_subscription_points_of_renewal", default=False)


class LoyaltyRule(models.Model):
    """Points for all periods of a subscription, for its first one, or for the others."""

    _inherit = "loyalty.rule"

    subscription_scope = fields.Selection(
        selection=[
            ("all", "All orders"),
            ("first", "All but later periods"),
            ("renewal", "Later periods only"),
        ],
        string="Periods of Subscriptions",
        required=True,
        default="all",
        help="Whether the periods of a subscription after its first one earn points.",
    )


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    def _get_valid_products(self, products):
        """Rules that do not hold for the kind of order know no product."""
        found = super()._get_valid_products(products)
        wrong = "first" if _RENEWING.get() else "renewal"
        return {
            rule: products.browse() if rule.subscription_scope == wrong else valid
            for rule, valid in found.items()
        }


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _program_check_compute_points(self, programs):
        # sudo: the ledger decides, whatever of it the user may read.
        later = self.env["sales.subscription.period"]._has_records() and any(
            period.period_no > 1 for period in self.sudo().sales_period_ids
        )
        with granted(_RENEWING, later):
            return super()._program_check_compute_points(programs)


class SalesSubscriptionPlan(models.Model):
    _inherit = "sales.subscription.plan"

    def _invoices_at_once(self, products):
        """Rewards are taken on orders."""
        return super()._invoices_at_once(products) and not self.auto_reward


class SalesSubscriptionPeriod(models.Model):
    """Points come with the orders of the periods; rewards too, if the plan says so."""

    _inherit = "sales.subscription.period"

    def _confirm_or_submit(self):
        for period in self.filtered("subscription_id.plan_id.auto_reward"):
            period._claim_rewards()
        return super()._confirm_or_submit()

    def _claim_rewards(self):
        """Put on the order what the customer has the points for."""
        self.ensure_one()
        order = self.order_id
        order._update_programs_and_rewards()
        for coupon, rewards in order._get_claimable_rewards().items():
            reward = rewards.filtered(lambda one: one.reward_type == "discount")[:1]
            if reward:
                order._apply_program_reward(reward, coupon)
        order._update_programs_and_rewards()
        self.order_line_ids += order.order_line.filtered("is_reward_line")
