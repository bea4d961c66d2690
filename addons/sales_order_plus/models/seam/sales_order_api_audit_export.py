from odoo import api, models
from odoo.exceptions import AccessError, UserError

MOST = 5000


class SalesOrderApi(models.AbstractModel):
    """The audit trail as data, to be kept elsewhere."""

    _inherit = "sales.order.api"

    @api.model
    def export_audit(self, *, after: int = 0, limit: int = 1000):
        """Return audit events with their seals, the oldest first.

        :param int after: ``id`` of the last event you have; 0 for all
        :param int limit: how many, at most 5000
        :return: list of dicts with ``id``, ``date`` (UTC), ``code``, ``model``,
            ``res_id``, ``document``, ``company``, ``user``, ``ip``, ``session``,
            ``data``, ``chain_no`` and ``chain_hash`` (empty until sealed)
        :raise AccessError: for anybody but auditors
        :raise UserError: if ``limit`` is out of range
        """
        if not self.env.user.has_group("sales_order_plus.group_sales_auditor"):
            raise AccessError(
                self.env._(
                    "Only auditors export the audit trail. Ask an administrator for "
                    "the role Sales Auditor."
                )
            )
        if not 0 < limit <= MOST:
            raise UserError(self.env._("limit: give a number from 1 to %s.", MOST))
        events = self.env["sales.audit.event"].search(
            [("id", ">", after)], order="id", limit=limit
        )
        events._log(self.env.company, "audit.exported", events=len(events), after=after)
        return [self._prepare_audit_data(event) for event in events]

    @api.model
    def _prepare_audit_data(self, event):
        names = ("code", "model", "res_id", "ip", "session", "data", "chain_no")
        return {
            "id": event.id,
            "date": event.date,
            "document": event.document_name,
            "company": event.company_id.name or False,
            # sudo: the name of a user the auditor may not open.
            "user": event.user_id.sudo().login,
            "chain_hash": event.chain_hash,
            **{name: event[name] for name in names},
        }
