from dataclasses import dataclass

from odoo import models


@dataclass(frozen=True)
class PaymentAmounts:
    """What became of the money of a transaction, in its own currency.

    :param authorized: reserved and neither captured nor given back
    :param captured: taken
    :param refunded: given back of what was taken
    :param unbooked: taken and not booked as a payment yet
    """

    authorized: float = 0.0
    captured: float = 0.0
    refunded: float = 0.0
    unbooked: float = 0.0


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _get_payment_amounts(self):
        """Return the PaymentAmounts of one transaction with its children.

        A partial capture is a child; its parent stays authorized until all of it is
        captured or given back. Refunds are children with a negative amount.
        """
        self.ensure_one()
        children = self.child_transaction_ids
        parts = children.filtered(
            lambda tx: tx.operation != "refund" and tx.state in ("done", "cancel")
        )
        taken = parts.filtered(lambda tx: tx.state == "done")
        if not parts and self.state == "done":
            taken = self
        rest = self.amount - sum(parts.mapped("amount"))
        refunds = (children | taken.child_transaction_ids).filtered(
            lambda tx: tx.operation == "refund" and tx.state == "done"
        )
        return PaymentAmounts(
            authorized=max(rest, 0.0) if self.state == "authorized" else 0.0,
            captured=sum(taken.mapped("amount")),
            refunded=-sum(refunds.mapped("amount")),
            unbooked=sum(taken.filtered(lambda tx: not tx.payment_id).mapped("amount")),
        )

    def _get_order_share(self, order):
        """Return the factor from this transaction's amounts to those of ``order``."""
        self.ensure_one()
        total = sum(self.sale_order_ids.mapped("amount_total"))
        share = order.amount_total / total if len(self.sale_order_ids) > 1 else 1.0
        if self.currency_id != order.currency_id:
            share *= self.env["res.currency"]._get_conversion_rate(
                self.currency_id,
                order.currency_id,
                order.company_id,
                self.create_date.date(),
            )
        return share
