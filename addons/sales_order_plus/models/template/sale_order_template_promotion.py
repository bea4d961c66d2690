from odoo import api, models


class SaleOrder(models.Model):
    """The promotion of a template comes with it."""

    _inherit = "sale.order"

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._apply_template_promotion()
        return orders

    def write(self, vals):
        result = super().write(vals)
        if not {"sale_order_template_id", "order_line"}.isdisjoint(vals):
            self._apply_template_promotion()
        return result

    def _apply_template_promotion(self):
        """Apply it once; what the customer does not qualify for yet comes later."""
        for order in self.filtered(lambda one: one.state in ("draft", "sent")):
            # sudo: a promotion is applied, whoever may read its rules.
            program = order.sale_order_template_id.sudo().program_id
            if program and program not in order._get_reward_programs():
                order._claim_promotion(program)

    def _claim_promotion(self, program):
        """Add the first reward of ``program``, if the order qualifies for it."""
        self.ensure_one()
        rewards = self._get_promotion_rewards(program)
        for coupon, found in rewards.items():
            own = found.filtered(lambda reward: reward.program_id == program)
            if own and not own[0].multi_product:
                self._apply_program_reward(own[0], coupon)
                return

    def _get_promotion_rewards(self, program):
        code = program.rule_ids.filtered(lambda rule: rule.mode == "with_code")[:1].code
        if code:
            status = self._try_apply_code(code)
            return {} if "error" in status else status
        self._update_programs_and_rewards()
        return self._get_claimable_rewards()
