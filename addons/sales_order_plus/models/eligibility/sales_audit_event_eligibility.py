from odoo import api, models


class SalesAuditEvent(models.Model):
    """The events of eligibility."""

    _inherit = "sales.audit.event"

    @api.model
    def _get_event_labels(self):
        return {
            **super()._get_event_labels(),
            "customer.decided": self.env._("Decided whether we sell to a customer"),
            "license.verified": self.env._("Licence verified"),
            "license.reset": self.env._("Verification of a licence taken back"),
            "license.reminded": self.env._("Reminded of the end of a licence"),
            "order.age_verified": self.env._("Customer is old enough"),
            "order.age_refused": self.env._("Customer is too young"),
        }
