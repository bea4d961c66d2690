from datetime import time

from odoo import fields, models


class SalesApprovalRequest(models.Model):
    """Who opened a request, and who took requests out of the database."""

    _inherit = "sales.approval.request"

    def web_read(self, specification):
        """Read for the web client; a request that is opened leaves an event."""
        result = super().web_read(specification)
        # A list reads many at once, a form one with its steps.
        if len(self) == 1 and "line_ids" in specification and result:
            self._log_viewed()
        return result

    def _log_viewed(self):
        """Leave an event of who opened it; one a day for each of them."""
        self.ensure_one()
        document = self.sudo()._get_document()
        today = fields.Datetime.now().date()
        seen = [
            ("model", "=", document._name),
            ("res_id", "=", document.id),
            ("code", "=", "approval.viewed"),
            ("user_id", "=", self.env.uid),
            ("date", ">=", fields.Datetime.to_datetime(today).combine(today, time.min)),
        ]
        # sudo: who may open a request need not read events.
        events = self.env["sales.audit.event"].sudo().search(seen)
        if not any((event.data or {}).get("request") == self.id for event in events):
            document.with_env(self.env)._log_event("approval.viewed", request=self.id)

    def export_data(self, fields_to_export):
        """Leave an event for each request that left the database."""
        result = super().export_data(fields_to_export)
        events = self.env["sales.audit.event"]
        events._log(self, "document.exported", fields=", ".join(fields_to_export))
        return result
