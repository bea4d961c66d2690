from odoo import models

from ..exceptions import SelfServiceRefusedError


class SalesSubscription(models.Model):
    """Coupons of loyalty programs, redeemed on a subscription."""

    _inherit = "sales.subscription"

    def redeem_coupon(self, *, code: str):
        """Take a coupon's discount off the next periods.

        :param str code: code of a coupon of a loyalty program
        :return: id of the discount
        :raise SelfServiceRefusedError: if the code does not hold for it
        """
        self.ensure_one()
        self.check_access("write")
        # sudo: coupons are internal; the code is what gives the right.
        return self.sudo()._redeem_coupon(code).id

    def _redeem_coupon(self, code):
        self.lock_for_update()
        card = self._find_coupon(code)
        reward = card.program_id.reward_ids.filtered(
            lambda one: (
                one.subscription_periods
                and one.reward_type == "discount"
                and one.discount_mode == "percent"
                and one.required_points <= card.points
            )
        )[:1]
        if not reward:
            raise SelfServiceRefusedError(
                self.env._("The code %(code)s does not hold here.", code=code)
            )
        discount = self.env["sales.subscription.discount"].create(
            {
                "subscription_id": self.id,
                "name": reward.description or card.program_id.name,
                "source": "coupon",
                "percent": reward.discount,
                "period_count": reward.subscription_periods,
                "coupon_id": card.id,
            }
        )
        card.points -= reward.required_points
        self._log_event("subscription.coupon", coupon=code, percent=reward.discount)
        return discount

    def _find_coupon(self, code):
        today = self._get_today()
        card = self.env["loyalty.card"].search([("code", "=", (code or "").strip())])
        card = card.filtered(
            lambda one: (
                one.program_id.active
                and one.program_id.company_id
                in (self.company_id, one.company_id.browse())
                and (not one.expiration_date or one.expiration_date >= today)
                and (not one.partner_id or one.partner_id == self.partner_id)
            )
        )
        return card[:1]
