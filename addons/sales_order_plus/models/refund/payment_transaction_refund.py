from odoo import models

from .sales_order_refund import PROMISED

# States in which a part of a payment is not given back, by kind.
NOT_GIVEN = {"refund": ("error", "cancel"), "void": ("error",)}


class PaymentTransaction(models.Model):
    """What of a payment can go back, and has not yet."""

    _inherit = "payment.transaction"

    def _get_captures(self):
        """Return the transactions by which the money of this one was taken."""
        self.ensure_one()
        parts = self.child_transaction_ids.filtered(
            lambda tx: tx.operation != "refund" and tx.state == "done"
        )
        taken = self.state == "done" and self.amount > 0
        return parts or (self if taken else self.browse())

    def _can_give_back(self, amount, kind):
        """Return whether provider and method of payment give back ``amount``."""
        self.ensure_one()
        provider, method = self.provider_id, self.payment_method_id
        if kind == "refund":
            method = method.primary_payment_method_id or method
            support = {provider.support_refund, method.support_refund}
        else:
            support = {provider.support_manual_capture}
        if provider.state == "disabled" or support & {"none", False}:
            return False
        whole = self.currency_id.compare_amounts(amount, self.amount) == 0
        return whole or "full_only" not in support

    def _get_left(self, kind="refund", refund=None):
        """Return what was taken, or is reserved, and neither given back nor promised.

        :param refund: asked for this one; what is not sent of later ones comes after it
        """
        self.ensure_one()
        children = self.child_transaction_ids.filtered(
            lambda tx: (
                (tx.operation == "refund") == (kind == "refund")
                and tx.state not in NOT_GIVEN[kind]
                and not (refund and tx == refund.child_id)
            )
        )
        waiting = self._get_refunds(kind).filtered(
            lambda one: (
                one.state in PROMISED
                and not one.child_id
                and not (refund and one.id >= refund.id)
            )
        )
        given = sum(abs(tx.amount) for tx in children) + sum(waiting.mapped("amount"))
        return self.currency_id.round(self.amount - given)

    def _get_refunds(self, kind):
        return self.env["sales.order.refund"].search(
            [("transaction_id", "=", self.id), ("kind", "=", kind)]
        )

    def _get_loose_amount(self):
        """Return what was taken and pays no invoice, nor is given back or promised."""
        self.ensure_one()
        lines = self.payment_id._get_receivable_lines()
        loose = -sum(lines.mapped("amount_residual_currency")) if lines else self.amount
        for refund in self._get_refunds("refund"):
            if refund.state != "failed" and not refund._is_booked():
                loose -= refund.amount - refund.credited_amount
        return min(loose, self._get_left())

    def _post_process(self):
        """Go on with the refunds that waited for these transactions."""
        result = super()._post_process()
        # sudo: webhooks of providers come as anybody.
        refunds = self.env["sales.order.refund"].sudo()
        found = refunds.search([("child_id", "in", self.ids)])
        found._look_up()
        found.filtered(lambda one: one.state == "done")._set_off()
        return result
