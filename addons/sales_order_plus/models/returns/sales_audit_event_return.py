from odoo import api, models


class SalesAuditEvent(models.Model):
    """Names of the events of returns."""

    _inherit = "sales.audit.event"

    @api.model
    def _get_event_labels(self):
        return super()._get_event_labels() | {
            "return.requested": self.env._("Return requested"),
            "return.authorised": self.env._("Return authorised"),
            "return.received": self.env._("Returned goods received"),
            "return.inspected": self.env._("Returned goods inspected"),
            "return.closed": self.env._("Return settled"),
            "return.fee_waived": self.env._("Restocking fee waived"),
            "return.refused": self.env._("Return refused"),
            "order.retained": self.env._("Kept by an offer"),
            "return.withdrawn": self.env._("Return withdrawn"),
        }
