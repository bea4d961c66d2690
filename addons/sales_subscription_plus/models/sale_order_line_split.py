from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_movable_quantity(self):
        """A line whose subscription has started stays: a part would start another."""
        if self.state == "sale" and self.sales_plan_id:
            return 0.0
        return super()._get_movable_quantity()
