from odoo import api, models


class SalesOrderCancellation(models.Model):
    """Labels of what is cancelled are cancelled with it, after the commit."""

    _inherit = "sales.order.cancellation"

    def _finish(self, known):
        result = super()._finish(known)
        # sudo: transfers are not the salesperson's.
        pickings = self.sudo().order_id.picking_ids
        for picking in pickings.filtered(lambda one: one._has_unused_label()):
            if not picking.intercept_ids.filtered(lambda one: one.kind == "label"):
                picking._create_intercept("label", self.name, self)
        return result


class SalesAuditEvent(models.Model):
    """Names of the events of parcels that are called back."""

    _inherit = "sales.audit.event"

    @api.model
    def _get_event_labels(self):
        return super()._get_event_labels() | {
            "intercept.requested": self.env._("Parcel called back"),
            "intercept.accepted": self.env._("Carrier brings the parcel back"),
            "intercept.refused": self.env._("Carrier does not bring the parcel back"),
        }
