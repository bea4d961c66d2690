from dataclasses import astuple

from odoo import api, fields, models

from .payment_transaction_amounts import PaymentAmounts


class SaleOrder(models.Model):
    """Where the money of an order is, for people who may not read payments."""

    _inherit = "sale.order"

    payment_status = fields.Selection(
        selection=[
            ("none", "No payment"),
            ("pending", "Pending"),
            ("authorized", "Authorized"),
            ("partial", "Partially paid"),
            ("captured", "Paid"),
            ("partially_refunded", "Partially refunded"),
            ("refunded", "Refunded"),
        ],
        compute="_compute_payment_status",
        store=True,
        compute_sudo=True,
        index="btree",
        copy=False,
        groups="base.group_user",
        help="Where the money is: from the payment transactions, their captures and "
        "refunds, and from paid invoices.",
    )

    @api.depends(
        "amount_total",
        "transaction_ids.state",
        "transaction_ids.amount",
        "transaction_ids.child_transaction_ids.state",
        "transaction_ids.child_transaction_ids.child_transaction_ids.state",
        "order_line.invoice_lines.move_id.payment_state",
        "order_line.invoice_lines.move_id.amount_residual",
    )
    def _compute_payment_status(self):
        for order in self:
            order.payment_status = order._get_payment_status()

    def _get_payment_status(self):
        self.ensure_one()
        amounts, currency = self._get_payment_amounts(), self.currency_id
        paid = max(amounts.captured, self._get_paid_on_invoices())
        if not currency.is_zero(amounts.refunded):
            kept = currency.compare_amounts(paid, amounts.refunded) > 0
            return "partially_refunded" if kept else "refunded"
        if not currency.is_zero(paid):
            full = currency.compare_amounts(paid, self.amount_total) >= 0
            return "captured" if full else "partial"
        if not currency.is_zero(amounts.authorized):
            return "authorized"
        states = self.transaction_ids.mapped("state")
        return "pending" if "pending" in states else "none"

    def _get_payment_amounts(self):
        """Return the PaymentAmounts of this order, in its currency."""
        self.ensure_one()
        totals = [0.0] * 4
        # Children are counted with their parents.
        parents = self.transaction_ids.filtered(
            lambda tx: tx.source_transaction_id not in self.transaction_ids
        )
        for transaction in parents:
            share = transaction._get_order_share(self)
            amounts = astuple(transaction._get_payment_amounts())
            totals = [
                total + amount * share
                for total, amount in zip(totals, amounts, strict=True)
            ]
        return PaymentAmounts(*map(self.currency_id.round, totals))

    def _get_paid_on_invoices(self):
        """Return what was paid on posted invoices, whatever the way of paying."""
        self.ensure_one()
        invoices = self.order_line.invoice_lines.move_id.filtered(
            lambda move: (
                move.state == "posted"
                and move.move_type == "out_invoice"
                and move.payment_state in ("paid", "in_payment", "partial")
            )
        )
        return sum(
            move.currency_id._convert(
                move.amount_total - move.amount_residual,
                self.currency_id,
                self.company_id,
                move.invoice_date or move.date,
            )
            for move in invoices
        )
