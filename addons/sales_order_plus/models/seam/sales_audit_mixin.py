from odoo import fields, models


class SalesAuditMixin(models.AbstractModel):
    """Documents whose story is told by audit events."""

    _name = "sales.audit.mixin"
    _description = "Audited Document"

    audit_event_count = fields.Integer(
        string="Audit Events",
        compute="_compute_audit_event_count",
        groups="base.group_user",
        help="Number of audit events of this document that you may read.",
    )

    def _compute_audit_event_count(self):
        groups = self.env["sales.audit.event"]._read_group(
            [("model", "=", self._name), ("res_id", "in", self.ids)],
            groupby=["res_id"],
            aggregates=["__count"],
        )
        counts = dict(groups)
        for record in self:
            record.audit_event_count = counts.get(record.id, 0)

    def _log_event(self, code, **data):
        """Add an audit event for each record.

        :param str code: code of ``sales.audit.event._get_event_labels``
        :param data: JSON-serialisable details
        """
        self.env["sales.audit.event"]._log(self, code, **data)

    def action_view_audit_events(self):
        """Open the audit events of this document.

        :return: window action
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_order_plus.sales_audit_event_action"
        )
        action["domain"] = [("model", "=", self._name), ("res_id", "=", self.id)]
        return action

    def export_data(self, fields_to_export):
        """Leave an event: data that left the database."""
        result = super().export_data(fields_to_export)
        self._log_event("document.exported", fields=", ".join(fields_to_export))
        return result
