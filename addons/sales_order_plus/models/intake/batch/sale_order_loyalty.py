from odoo import api, models
from odoo.fields import Domain

from .scope import get_batch


class LoyaltyCard(models.Model):
    _name = "loyalty.card"
    _inherit = ["loyalty.card", "sales.intake.remembered", "sales.presence.mixin"]

    @api.model
    def _get_holders(self, batch, partner_ids):
        """Return the ids of those customers that have a card with points."""
        # sudo: a card the user must not see only costs time.
        cards = self.sudo().with_context(active_test=False)
        return batch.recall_ids(
            self._name,
            "holders",
            partner_ids,
            lambda ids: [
                partner.id
                for (partner,) in cards._read_group(
                    Domain("partner_id", "in", ids) & Domain("points", ">", 0),
                    ["partner_id"],
                )
            ],
        )


class SaleOrder(models.Model):
    """Loyalty is looked through only where there is something to apply."""

    _inherit = "sale.order"

    def _update_programs_and_rewards(self):
        batch = get_batch()
        # For a single order to look whether there is any asks as much as to apply it.
        alone = len(tuple(self._prefetch_ids)) < 2
        if batch is None or alone or self._has_loyalty(batch):
            return super()._update_programs_and_rewards()
        return None

    def _has_loyalty(self, batch):
        """Whether a card, a code or an automatic program could change the order."""
        self.ensure_one()
        return bool(
            self.applied_coupon_ids
            or self.coupon_point_ids
            or self.code_enabled_rule_ids
            or self.order_line.reward_id
            or self.order_line.coupon_id
            or (self._allow_nominative_programs() and self._may_hold_card(batch))
            or self._search_automatic_programs()
        )

    def _may_hold_card(self, batch):
        orders = self.browse(self._prefetch_ids)
        holders = self.env["loyalty.card"]._get_holders(batch, orders.partner_id.ids)
        return self.partner_id.id in holders

    def _search_automatic_programs(self):
        """Core's search, as it is for an order that has no program yet."""
        return self.env["loyalty.program"].search(
            Domain.AND(
                [
                    self._get_program_domain(),
                    [("trigger", "=", "auto"), ("rule_ids.mode", "=", "auto")],
                ]
            ),
            limit=1,
        )

    def _allow_nominative_programs(self):
        allowed = super()._allow_nominative_programs()
        batch = get_batch()
        if not allowed or batch is None or self.partner_id.is_public:
            return allowed
        # Core would search cards that are not there.
        return self._may_hold_card(batch)
