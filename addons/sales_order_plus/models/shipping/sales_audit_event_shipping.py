from odoo import api, models


class SalesAuditEvent(models.Model):
    _inherit = "sales.audit.event"

    @api.model
    def _get_event_labels(self):
        return {
            **super()._get_event_labels(),
            "order.carrier_chosen": self.env._("Carrier chosen"),
            "order.delivery_proved": self.env._("Delivery proved"),
        }
