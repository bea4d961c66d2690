from odoo import api, fields, models


class CrmLostReason(models.Model):
    _name = "crm.lost.reason"
    _inherit = ["crm.lost.reason", "sales.presence.mixin"]
    _presence_field = "customer_choice"

    customer_choice = fields.Boolean(
        string="Shown to Customers",
        help="Customers may choose this reason when they decline a quotation online.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "customer_choice" in vals:
            self._forget_presence()
        return result

    @api.model
    def _get_customer_choices(self):
        """Return the reasons that customers may choose."""
        if not self._has_records():
            return self.browse()
        return self.search([("customer_choice", "=", True)])
