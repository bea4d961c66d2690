from odoo import models

from .sale_order_guard import HOLD_ORIGIN


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _post_process(self):
        """Hold paid orders that are stopped: an error here is retried for days."""
        return super(PaymentTransaction, self._holding())._post_process()

    def _check_amount_and_confirm_order(self):
        """Return only orders that are really confirmed: the others get the other mail."""
        transactions = super(PaymentTransaction, self._holding())
        orders = transactions._check_amount_and_confirm_order()
        return orders.filtered(lambda order: order.state == "sale")

    def _holding(self):
        return self.with_context(**{HOLD_ORIGIN: "payment"})
