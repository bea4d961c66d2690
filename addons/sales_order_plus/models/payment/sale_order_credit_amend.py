from odoo import models

# What changes the worth of an order though no line is touched.
WORTH_FIELDS = frozenset({"currency_id", "currency_rate", "date_order", "pricelist_id"})


class SaleOrder(models.Model):
    """A confirmed order in another currency may be worth more: it passes the gate.

    The credit of a quotation is looked at anew whenever somebody looks or confirms.
    """

    _inherit = "sale.order"

    def write(self, vals):
        if WORTH_FIELDS.isdisjoint(vals):
            return super().write(vals)
        orders = self.filtered(lambda order: order.state == "sale")
        baseline = orders._get_guard_baseline("amend")
        result = super().write(vals)
        if orders:
            orders._guard_ensure("amend", baseline)
        return result
