from odoo import api, models
from odoo.fields import Domain


class SaleOrder(models.Model):
    """Orders of periods are not invoiced by the job of order types besides."""

    _inherit = "sale.order"

    @api.model
    def _get_invoicing_domain(self):
        """Leave orders of periods to the job of the ledger, whatever their type.

        Those that subscriptions come from, too, where somebody cancelled an invoice or
        gave something back: people invoice what is left.
        """
        taken_back = Domain("move_id.state", "=", "cancel") | Domain(
            "move_id.move_type", "=", "out_refund"
        )
        kept = Domain("is_origin", "=", False) | Domain(
            "order_id.order_line.invoice_lines", "any", taken_back
        )
        return super()._get_invoicing_domain() & ~Domain(
            "sales_period_ids", "any", kept
        )
