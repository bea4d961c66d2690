from odoo import api, models


class SalesAuditEvent(models.Model):
    """Names of the events of changes."""

    _inherit = "sales.audit.event"

    @api.model
    def _get_event_labels(self):
        return super()._get_event_labels() | {
            "change.submitted": self.env._("Change requested"),
            "change.accepted": self.env._("Change accepted by the customer"),
            "change.applied": self.env._("Change applied"),
            "change.refused": self.env._("Change refused"),
            "change.withdrawn": self.env._("Change withdrawn"),
            "change.stale": self.env._("Change out of date"),
            "change.answered": self.env._("Special request answered"),
            "change.released": self.env._("Change beyond the limits let pass"),
            "order.version": self.env._("Version kept"),
        }
