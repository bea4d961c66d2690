from odoo import api, models


class SalesAuditEvent(models.Model):
    """Names of the events of cancellations and refunds."""

    _inherit = "sales.audit.event"

    @api.model
    def _get_event_labels(self):
        return super()._get_event_labels() | {
            "cancellation.submitted": self.env._("Cancellation requested"),
            "cancellation.applied": self.env._("Cancellation applied"),
            "cancellation.refused": self.env._("Cancellation refused"),
            "cancellation.withdrawn": self.env._("Cancellation withdrawn"),
            "cancellation.retained": self.env._("Customer retained"),
            "cancellation.reopened": self.env._("Taken up again"),
            "cancellation.fee_waived": self.env._("Restocking fee waived"),
            "cancellation.credited": self.env._("Cancellation credited"),
            "refund.requested": self.env._("Refund requested"),
            "refund.done": self.env._("Refunded"),
            "refund.failed": self.env._("Refund failed"),
            "refund.unknown": self.env._("Refund without an answer"),
        }
