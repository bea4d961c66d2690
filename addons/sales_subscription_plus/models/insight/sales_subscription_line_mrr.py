from odoo import api, models

from ..sales_subscription_line import COMMERCIAL_FIELDS

LINE_FIELDS = COMMERCIAL_FIELDS | {"date_from", "date_to", "quantity_mode"}


class SalesSubscriptionLine(models.Model):
    """Lines that come, change and go move the recurring revenue."""

    _name = "sales.subscription.line"
    _inherit = ["sales.mrr.part.mixin", "sales.subscription.line"]

    @api.model
    def _moves_revenue(self, vals):
        return not LINE_FIELDS.isdisjoint(vals)
