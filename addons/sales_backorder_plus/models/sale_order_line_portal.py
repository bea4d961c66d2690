from odoo import models


class SaleOrderLine(models.Model):
    """What the customer reads about a line that is short."""

    _inherit = "sale.order.line"

    def _get_expected_delivery(self):
        """The same day as under “Still to come”: the one the backorder rests on."""
        # sudo: as for the open transfers; the customer's date is for him.
        backorders = self.sudo().backorder_ids.filtered(lambda b: b.state == "open")
        if not backorders:
            return super()._get_expected_delivery()
        return backorders[0].customer_date
