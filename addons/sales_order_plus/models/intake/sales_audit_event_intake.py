from odoo import api, models


class SalesAuditEvent(models.Model):
    """The events of bulk imports."""

    _inherit = "sales.audit.event"

    @api.model
    def _get_event_labels(self):
        return {
            **super()._get_event_labels(),
            "import.uploaded": self.env._("File uploaded"),
            "import.queued": self.env._("Import started"),
            "import.done": self.env._("Import done"),
            "import.failed": self.env._("Import failed"),
            "import.cancelled": self.env._("Import cancelled"),
        }
