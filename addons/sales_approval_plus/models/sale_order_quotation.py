from odoo import api, models


class SaleOrder(models.Model):
    """A draft that may go out because it was approved says so."""

    _inherit = "sale.order"

    @api.depends("approval_request_ids.state", "order_line.price_subtotal")
    def _compute_quotation_status(self):
        return super()._compute_quotation_status()

    def _get_quotation_status(self):
        status = super()._get_quotation_status()
        if status != "draft" or not self.approval_request_ids:
            return status
        standing = self._get_approval_standings("confirm").get(self.id)
        return "approved" if standing and standing.passes else status
