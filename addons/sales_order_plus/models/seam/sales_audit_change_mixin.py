from odoo import models


class SalesAuditChangeMixin(models.AbstractModel):
    """Records whose changes are told field by field, with what was there before."""

    _name = "sales.audit.change.mixin"
    _description = "Changes in the Audit Trail"

    def _get_audited_document(self):
        """Return the document the change is about."""
        return self

    def _prepare_change_data(self):
        """Return details that tell this record from the others of its document."""
        return {}

    def _read_for_audit(self, names):
        """Return {record: {field: value as people read it}}."""
        # sudo: what is noted does not depend on what the one who changes it may read.
        return {
            record: {name: record.sudo()._get_audit_value(name) for name in names}
            for record in self
            if names
        }

    def _get_audit_value(self, name):
        value = self[name]
        if isinstance(value, models.BaseModel):
            return ", ".join(value.mapped("display_name")) or None
        return value if isinstance(value, int | float | str) else str(value)

    def _log_changes(self, code, before):
        """Add one event for each record that is not what it was.

        :param str code: code of the event
        :param dict before: what :meth:`_read_for_audit` gave before the change
        """
        events = self.env["sales.audit.event"]
        vals_list = []
        for record, old in before.items():
            new = record._read_for_audit(old)[record]
            changes = {name: [old[name], new[name]] for name in old}
            changes = {
                name: pair for name, pair in changes.items() if pair[0] != pair[1]
            }
            if changes:
                data = {**record._prepare_change_data(), **changes}
                document = record._get_audited_document()
                vals_list.append(events._prepare_event_vals(document, code, data))
        if vals_list:
            events._add(vals_list)
