from odoo import api, models


class SalesAuditEvent(models.Model):
    """The events of splitting and merging."""

    _inherit = "sales.audit.event"

    @api.model
    def _get_event_labels(self):
        return {
            **super()._get_event_labels(),
            "order.split": self.env._("Order split"),
            "order.merged": self.env._("Quotations merged"),
        }
