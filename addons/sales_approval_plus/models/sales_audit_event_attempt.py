from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class SalesAuditEvent(models.Model):
    """Attempts to decide on what is one's own."""

    _inherit = "sales.audit.event"

    is_self_approval = fields.Boolean(
        string="Self-Approval",
        compute="_compute_is_self_approval",
        search="_search_is_self_approval",
        help="Somebody tried to approve, or to override, an order of his own.",
    )

    @api.depends("code", "data")
    def _compute_is_self_approval(self):
        codes = self._get_self_approval_codes()
        for event in self:
            reason = (event.data or {}).get("reason")
            event.is_self_approval = event.code in codes and reason == "own"

    @api.model
    def _get_self_approval_codes(self):
        return ("vote.refused", "approval.override_refused")

    @api.model
    def _search_is_self_approval(self, operator, values):
        if operator != "in":
            return NotImplemented
        found = SQL(
            "(SELECT id FROM sales_audit_event "
            "WHERE code IN %s AND data->>'reason' = 'own')",
            self._get_self_approval_codes(),
        )
        domain = Domain("id", "in", found)
        return domain if True in values else ~domain
