from collections import defaultdict

from odoo import models


class SalesBackorderRun(models.Model):
    """A reallocation proposes nothing that a quota would not let happen."""

    _inherit = "sales.backorder.run"

    def _prepare_claims(self, queue, ranks, policies):
        claims = super()._prepare_claims(queue, ranks, policies)
        quotas = self.env["sales.channel.quota"].sudo()
        if not quotas._has_records():
            return claims
        left = defaultdict(float)
        for move, claim in zip(queue, claims, strict=True):
            self._cap_claim(move, claim, left)
        return claims

    def _cap_claim(self, move, claim, left):
        """Let the claim grow by what its quotas leave, those before it counted in."""
        quotas = self.env["sales.channel.quota"].sudo()
        product, order = move.product_id, move.sale_line_id.order_id
        holding = quotas._get_holding(product, move.location_id.warehouse_id)[product]
        wanted = max(claim.need - claim.held, 0.0)
        own = [
            quota for quota in holding if quota.kind == "limit" and quota._fits(order)
        ]
        for quota in own:
            limit, taken = quota._get_use(product)
            wanted = min(wanted, max(limit - taken - left[quota], 0.0))
        for quota in own:
            left[quota] += wanted
        claim.need = min(claim.need, claim.held + wanted)
