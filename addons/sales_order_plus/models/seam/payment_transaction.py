from odoo import models

from .sale_order_guard import HOLD_ORIGIN


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _post_process(self):
        """Hold paid orders that are stopped: an error here is retried for days."""
        transactions = self.with_context(**{HOLD_ORIGIN: "payment"})
        return super(PaymentTransaction, transactions)._post_process()

    def _check_amount_and_confirm_order(self):
        """Return only orders that are really confirmed: the others get the other mail."""
        orders = super()._check_amount_and_confirm_order()
        return orders.filtered(lambda order: order.state == "sale")
