from odoo import api, models


class SalesOrderApi(models.AbstractModel):
    """The audit trail over RPC."""

    _inherit = "sales.order.api"

    @api.model
    def verify_audit(self):
        """Check that the sealed audit events are as they were written.

        :return: dict with ``checked`` and ``unsealed`` (events), ``head`` (number and
            SHA-256 seal of the last one, to be kept outside) and ``problems``, each with ``kind``
            (``changed`` or ``missing``), ``chain_no``, ``event_id`` and ``message``
        :raise AccessError: for anybody but auditors
        """
        return self.env["sales.audit.event"]._verify_as_auditor()
