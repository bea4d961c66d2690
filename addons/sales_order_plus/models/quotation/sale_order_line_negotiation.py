from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _can_be_negotiated(self):
        """Return whether it is a plain line: no text, advance, reward or delivery."""
        self.ensure_one()
        return not (
            self.display_type
            or self.is_downpayment
            or self.is_reward_line
            or self.is_delivery
            or self.combo_item_id
            or self.product_type == "combo"
            # An optional line the customer has not chosen.
            or not self.product_uom_qty
        )

    def _get_negotiated_price(self):
        """Return the price of a unit after the discount of the line."""
        self.ensure_one()
        return self.price_unit * (1 - (self.discount or 0.0) / 100)
