from odoo import api, models


class SalesRetryJob(models.Model):
    _inherit = "sales.retry.job"

    @api.model
    def _get_retry_methods(self):
        return {
            **super()._get_retry_methods(),
            ("sales.fulfilment.message", "_hand_over_now"): self.env._(
                "Tell the logistics provider"
            ),
            ("sales.marketplace.batch", "_hand_over_now"): self.env._(
                "Tell the marketplace what is in stock"
            ),
        }
