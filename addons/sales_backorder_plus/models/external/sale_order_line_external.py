from odoo import models


class SaleOrderLine(models.Model):
    """Parties outside are told soon after stock changed, not in the same transaction."""

    _inherit = "sale.order.line"

    def _follow_stock_changes(self, product_ids, supplied_ids):
        super()._follow_stock_changes(product_ids, supplied_ids)
        for model, cron in (
            ("sales.fulfilment.provider", "ir_cron_fulfilment"),
            ("sales.marketplace.feed", "ir_cron_marketplace"),
        ):
            if self.env[model]._has_records():
                # sudo: who moves stock need not administrate crons.
                self.env.ref(f"sales_backorder_plus.{cron}").sudo()._trigger()
