from odoo import api, models


class SalesMrrPartMixin(models.AbstractModel):
    """Parts of a subscription that move its recurring revenue when they change."""

    _name = "sales.mrr.part.mixin"
    _description = "Part of Recurring Revenue"

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts.subscription_id._record_movements()
        return parts

    def write(self, vals):
        result = super().write(vals)
        if self._moves_revenue(vals):
            self.subscription_id._record_movements()
        return result

    def unlink(self):
        subscriptions = self.subscription_id
        result = super().unlink()
        subscriptions._record_movements()
        return result

    @api.model
    def _moves_revenue(self, vals):
        """Return whether writing ``vals`` may move the revenue."""
        return True
