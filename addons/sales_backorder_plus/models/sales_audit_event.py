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
            "backorder.merged": self.env._("Transfers merged"),
            "backorder.run": self.env._("Reallocation applied"),
            "backorder.procured": self.env._("Goods requested from the vendor"),
            "backorder.chosen": self.env._("Choice about a backorder"),
            "backorder.choice_undone": self.env._("Choice undone"),
            "backorder.choice_done": self.env._("Choice carried out"),
            "quota.released": self.env._("Channel quota released"),
            "backorder.priority": self.env._("Backorder priority changed"),
        }
