from odoo import api, models

from ..sales_subscription_line import COMMERCIAL_FIELDS

LINE_FIELDS = COMMERCIAL_FIELDS | {"date_from", "date_to", "quantity_mode"}


class SalesSubscriptionLine(models.Model):
    """Lines that come, change and go move the recurring revenue."""

    _inherit = "sales.subscription.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.subscription_id._record_movements()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if not LINE_FIELDS.isdisjoint(vals):
            self.subscription_id._record_movements()
        return result

    def unlink(self):
        subscriptions = self.subscription_id
        result = super().unlink()
        subscriptions._record_movements()
        return result
