from odoo import models


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    def write(self, vals):
        """A request that is sent, confirmed or cancelled changes what is on its way."""
        result = super().write(vals)
        if "state" in vals:
            self.order_line._touch_backorders()
        return result
