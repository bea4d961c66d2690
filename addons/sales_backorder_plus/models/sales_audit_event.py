from odoo import api, models


class SalesAuditEvent(models.Model):
    _inherit = "sales.audit.event"

    @api.model
    def _get_event_labels(self):
        return {
            **super()._get_event_labels(),
            "backorder.opened": self.env._("Backorder opened"),
            "backorder.filled": self.env._("Backorder filled"),
            "backorder.cancelled": self.env._("Backorder closed undelivered"),
            "backorder.told": self.env._("Customer told about the backorder"),
            "backorder.reallocated": self.env._("Stock reallocated"),
            "backorder.run": self.env._("Reallocation applied"),
            "backorder.priority": self.env._("Backorder priority changed"),
        }
