from odoo import api, models


class SalesAuditEvent(models.Model):
    """Names of the events of proformas, signatures and customs papers."""

    _inherit = "sales.audit.event"

    @api.model
    def _get_event_labels(self):
        return super()._get_event_labels() | {
            "proforma.issued": self.env._("Proforma issued"),
            "proforma.cancelled": self.env._("Proforma cancelled"),
            "proforma.paid": self.env._("Proforma paid"),
            "proforma.invoiced": self.env._("Advance invoiced"),
            "proforma.reminded": self.env._("Customer reminded"),
            "proforma.signed": self.env._("Proforma signed"),
            "order.signed": self.env._("Signed by the customer"),
            "signature.requested": self.env._("Signature asked for"),
            "signature.withdrawn": self.env._("Request for a signature taken back"),
            "signature.declined": self.env._("Customer did not sign"),
            "customs.validated": self.env._("Customs declaration validated"),
            "customs.exported": self.env._("Customs declaration exported"),
            "customs.closed": self.env._("Customs reference entered"),
        }
