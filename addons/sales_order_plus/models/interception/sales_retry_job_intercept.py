from odoo import api, models


class SalesRetryJob(models.Model):
    _inherit = "sales.retry.job"

    @api.model
    def _get_retry_methods(self):
        return {
            **super()._get_retry_methods(),
            ("sales.delivery.intercept", "_send"): self.env._("Call a parcel back"),
        }
