from dataclasses import dataclass, field

from odoo import models


@dataclass
class Extras:
    """What follows from an order as a whole: rewards, their codes, and freight."""

    rewards: models.BaseModel
    codes: list = field(default_factory=list)
    carrier: models.BaseModel | None = None

    def __or__(self, other):
        return Extras(
            self.rewards | other.rewards,
            list(dict.fromkeys([*self.codes, *other.codes])),
            self.carrier or other.carrier,
        )


class SaleOrder(models.Model):
    """Rewards and freight are worked out anew when a quotation is split or merged."""

    _inherit = "sale.order"

    def _take_off_extras(self):
        """Remove rewards and freight from quotations; return what they were."""
        lines = self.order_line
        extras = Extras(
            rewards=lines.reward_id,
            codes=self.code_enabled_rule_ids.mapped("code"),
            carrier=self.carrier_id[:1] if lines.filtered("is_delivery") else None,
        )
        lines.filtered("is_reward_line").unlink()
        self._remove_delivery_line()
        return extras

    def _put_back_extras(self, extras):
        """Give each quotation the freight and the rewards it has a right to."""
        for order in self:
            # Freight first: a reward may make it free.
            if extras.carrier:
                order._add_freight(extras.carrier)
            if extras.rewards:
                order._claim_rewards(extras)

    def _add_freight(self, carrier):
        self.ensure_one()
        if self.is_all_service:
            return
        rate = carrier.rate_shipment(self)
        if rate.get("success"):
            self.set_delivery_line(carrier, rate["price"])
            return
        self.message_post(
            body=self.env._(
                "Shipping cost left out: %s. Add it by hand.",
                rate.get("error_message") or carrier.display_name,
            )
        )

    def _claim_rewards(self, extras):
        self.ensure_one()
        for code in extras.codes:
            if code not in self.code_enabled_rule_ids.mapped("code"):
                self._try_apply_code(code)
        self._update_programs_and_rewards()
        for coupon, rewards in self._get_claimable_rewards().items():
            for reward in rewards & extras.rewards:
                self._apply_program_reward(reward, coupon)
        self._update_programs_and_rewards()
