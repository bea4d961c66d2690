from odoo import api, models


class SalesAuditEvent(models.Model):
    """The events of rules."""

    _inherit = "sales.audit.event"

    @api.model
    def _get_event_labels(self):
        return {
            **super()._get_event_labels(),
            "rule.bypass_asked": self.env._("Bypass asked for"),
            "rule.bypassed": self.env._("Rule bypassed"),
            "rule.bypass_refused": self.env._("Bypass refused"),
            "rule.suggestion": self.env._("Suggestion applied"),
            "order.split_allowed": self.env._(
                "More deliveries than the customer wants"
            ),
        }
