from odoo import models

# Operations whose policies close the direct way. Whoever must not cancel, or take
# back, without asking must not lower quantities by hand either.
CLOSING = {"change": ("change", "cancel", "return"), "cancel": ("cancel",)}


class SaleOrder(models.Model):
    """Where somebody has to approve it, there is no way but the request."""

    _inherit = "sale.order"

    def _is_under_control(self, operation):
        return super()._is_under_control(operation) or self._is_decided_on(
            CLOSING[operation]
        )

    def _is_decided_on(self, operations):
        """Return whether a policy for one of ``operations`` is meant for this order."""
        self.ensure_one()
        # sudo: what is stopped does not depend on who asks.
        order = self.sudo()
        active = order.env["sales.approval.policy"]._get_active(order.company_id)
        return any(
            policy._filter_orders(order)
            for policy in active
            if policy.apply_on in operations and policy.outcome != "auto"
        )

    def _get_shipped_percent(self):
        """Return how much of what is ordered has left, in percent of its worth."""
        self.ensure_one()
        lines = self.order_line.filtered(lambda one: one.product_uom_qty > 0)
        worth = sum(lines.mapped("price_subtotal"))
        shipped = sum(
            line.price_subtotal * min(line.qty_delivered / line.product_uom_qty, 1)
            for line in lines
        )
        return 100 * shipped / worth if worth else 0.0
