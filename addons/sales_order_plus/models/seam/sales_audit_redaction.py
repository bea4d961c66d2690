import hashlib
import json

from odoo import api, fields, models
from odoo.tools import SQL

# How many events one note of a redaction names.
NAMED = 500


class SalesAuditEvent(models.Model):
    """Details of old events may go; that something happened, and its seal, stay.

    The seal covers the hash of the details, not the details. So the chain can still be
    verified when they are gone, as long as a later event, sealed as well, names those
    that were redacted.
    """

    _inherit = "sales.audit.event"

    data_hash = fields.Char(
        readonly=True, help="SHA-256 of the details; part of the seal."
    )
    redacted_on = fields.Datetime(
        readonly=True, help="When the details were removed under a retention rule."
    )

    def _get_data_hash(self):
        """Return the hash of the details as they are, or as they were."""
        self.ensure_one()
        if self.redacted_on:
            return self.data_hash
        payload = json.dumps(self.data, sort_keys=True, default=str)
        return hashlib.sha256(payload.encode()).hexdigest()

    @api.model
    def _redact(self, events, limit):
        """Remove the details of sealed ``events``.

        :param events: those that are not sealed in this way, or younger, are left alone
        :param datetime limit: UTC; at least a year ago, else the database refuses
        :return: how many were redacted
        """
        events = events.filtered(
            lambda one: (
                one.data_hash
                and one.data
                and one.date < limit
                # What the chain needs to be verified.
                and not one.code.startswith("audit.")
            )
        )
        for start in range(0, len(events), NAMED):
            self._redact_batch(events[start : start + NAMED], limit)
        return len(events)

    @api.model
    def _redact_batch(self, events, limit):
        setting = "SELECT set_config('sales_audit_event.redaction', %s, true)"
        self.env.flush_all()
        self.env.cr.execute(SQL(setting, fields.Datetime.to_string(limit)))
        self.env.cr.execute(
            SQL(
                "UPDATE sales_audit_event SET data = NULL, redacted_on = %s "
                "WHERE id IN %s",
                fields.Datetime.now(),
                events._ids,
            )
        )
        self.env.cr.execute(SQL(setting, ""))
        events.invalidate_recordset()
        self._log(self.env.company, "audit.redacted", events=events.ids)

    @api.model
    def _get_told_redactions(self):
        """Return the ids of the events that later ones say were redacted."""
        notes = self.search([("code", "=", "audit.redacted")])
        return {id_ for note in notes for id_ in (note.data or {}).get("events", ())}

    @api.model
    def _get_event_labels(self):
        return {
            **super()._get_event_labels(),
            "audit.redacted": self.env._("Details of audit events removed"),
        }
