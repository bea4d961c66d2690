from odoo import api, models


class SaleOrder(models.Model):
    """A draft that may go out because it was approved says so."""

    _inherit = "sale.order"

    @api.depends("approval_request_ids.state", "order_line.price_subtotal")
    def _compute_quotation_status(self):
        result = super()._compute_quotation_status()
        drafts = self.filtered(
            lambda order: (
                order.quotation_status == "draft" and order.approval_request_ids
            )
        )
        standings = drafts._get_approval_standings("confirm")
        for order in drafts:
            standing = standings.get(order.id)
            if standing and standing.passes:
                order.quotation_status = "approved"
        return result
