"""What the customer paid too much for an order, and by which payments it goes back."""

from dataclasses import dataclass

from odoo import models


@dataclass(frozen=True)
class MoneyBack:
    """What a customer gets back, in the currency of the order.

    :param credited: paid for what was invoiced, and is credited now
    :param loose: paid beyond all that he owes, without an invoice
    """

    credited: float = 0.0
    loose: float = 0.0

    @property
    def amount(self):
        """All of it."""
        return self.credited + self.loose


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # === How much: always as superuser === #

    def _get_money_back(self, credit_notes):
        """Return the :class:`MoneyBack` that is owed now.

        :param credit_notes: what was credited just now, set off already
        """
        self.ensure_one()
        posted = credit_notes.filtered(lambda one: one.state == "posted")
        loose = sum(tx._get_loose_amount() for tx in self._get_own_captures())
        return MoneyBack(
            credited=sum(posted.mapped("amount_residual")),
            loose=max(self.currency_id.round(loose - self._get_open_debt()), 0.0),
        )

    def _get_open_debt(self):
        """Return what the customer still has to pay: invoices, and what will be."""
        posted = self.invoice_ids.filtered(lambda one: one.state == "posted")
        invoices = posted.filtered(lambda one: one.move_type == "out_invoice")
        debt = sum(invoices.mapped("amount_residual"))
        if self.state == "sale":
            invoiced = sum(invoices.mapped("amount_total"))
            invoiced -= sum((posted - invoices).mapped("amount_total"))
            debt += max(self.amount_total - invoiced, 0.0)
        return debt

    def _get_own_payments(self):
        """Return the online payments of this order alone, in its currency.

        What was paid for several orders at once is for a person to look at.
        """
        return self.transaction_ids.filtered(
            lambda tx: (
                tx.source_transaction_id not in self.transaction_ids
                and tx.sale_order_ids == self
                and tx.currency_id == self.currency_id
                and tx.operation not in ("refund", "validation")
            )
        )

    def _get_own_captures(self):
        """Return the transactions that took money for this order, newest first."""
        captures = self.env["payment.transaction"]
        for transaction in self._get_own_payments():
            captures |= transaction._get_captures()
        return captures.sorted("id", reverse=True)

    # === By which payments === #

    def _spread_money_back(self, back):
        """Return by which payments the customer gets his money back.

        :param MoneyBack back: what he gets
        :return: ([(transaction, amount, credited part)], what is left for a person)
        """
        found, credited, rest = [], back.credited, back.amount
        for transaction in self._get_own_captures():
            amount = min(rest, transaction._get_left())
            if self.currency_id.compare_amounts(amount, 0) <= 0:
                continue
            if not transaction._can_give_back(amount, "refund"):
                continue
            part = min(credited, amount)
            found.append((transaction, amount, part))
            credited, rest = credited - part, self.currency_id.round(rest - amount)
        return found, rest

    def _get_releases(self):
        """Return [(transaction, amount)] of what is reserved and not needed any more."""
        found, needed = [], self.amount_total if self.state == "sale" else 0.0
        needed -= sum(tx._get_left() for tx in self._get_own_captures())
        reserved = self._get_own_payments().filtered(
            lambda tx: tx.state == "authorized"
        )
        for transaction in reserved.sorted("id"):
            left = transaction._get_left("void")
            kept = min(max(needed, 0.0), left)
            needed -= kept
            amount = self.currency_id.round(left - kept)
            if amount > 0 and transaction._can_give_back(amount, "void"):
                found.append((transaction, amount))
        return found

    def _ask_to_pay_back(self, amount, note):
        """Ask the salesperson to see to it that the customer gets his money."""
        self.ensure_one()
        # sudo: a customer who cancels by himself writes no activities.
        self.sudo().activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("Pay back %s", self.currency_id.format(amount)),
            note=note,
            user_id=self.user_id.id or self.env.ref("base.user_admin").id,
        )

    def _get_tax_cents(self):
        """Return what the taxes of several credit notes may differ from the invoice's.

        Each document rounds its own; nobody is asked to pay a cent back by hand.
        """
        credits = self.invoice_ids.filtered(lambda one: one.move_type == "out_refund")
        return self.currency_id.rounding * max(len(credits) - 1, 0)
