from odoo import api, models


class SalesAuditEvent(models.Model):
    _inherit = "sales.audit.event"

    @api.model
    def _get_event_labels(self):
        return {
            **super()._get_event_labels(),
            "subscription.created": self.env._("Subscription created"),
            "subscription.active": self.env._("Subscription started"),
            "subscription.paused": self.env._("Subscription paused"),
            "subscription.resumed": self.env._("Subscription resumed"),
            "subscription.cancelled": self.env._("Subscription cancelled"),
            "subscription.expired": self.env._("Subscription expired"),
            "subscription.draft": self.env._("Subscription set back to draft"),
            "subscription.renewed": self.env._("Subscription renewed"),
            "subscription.line_changed": self.env._("Subscription line changed"),
            "subscription.billed": self.env._("Period billed"),
            "subscription.period_waiting": self.env._("Period waits for a decision"),
            "subscription.billing_failed": self.env._("Billing failed"),
        }
