from odoo import api, fields, models
from odoo.http import request

# Where the calls of programs arrive.
RPC_PATHS = ("/json/2/", "/xmlrpc", "/jsonrpc", "/doc-bearer")


class SalesAuditEvent(models.Model):
    """In what kind of session it happened."""

    _inherit = "sales.audit.event"

    session = fields.Selection(
        selection=[
            ("web", "Web client"),
            ("portal", "Portal"),
            ("rpc", "Program (RPC)"),
            ("system", "Server"),
        ],
        readonly=True,
        groups="sales_order_plus.group_sales_auditor",
        help="Portal: a customer or a visitor. Server: scheduled jobs and the command "
        "line. Empty for events of older versions.",
    )

    @api.model
    def _prepare_event_vals(self, record, code, data):
        vals = super()._prepare_event_vals(record, code, data)
        return {**vals, "session": self._get_session_kind()}

    @api.model
    def _get_session_kind(self):
        if not request:
            return "system"
        if request.httprequest.path.startswith(RPC_PATHS):
            return "rpc"
        # sudo: whether a user is internal is no secret of his own.
        return "web" if self.env.user.sudo()._is_internal() else "portal"
