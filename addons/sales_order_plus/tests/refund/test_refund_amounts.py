import random

from odoo.tests import tagged

from .common import RefundCommon


@tagged("post_install", "-at_install")
class TestRefundAmounts(RefundCommon):
    """Random orders, payments and cancellations: to the cent, and never too much."""

    def test_any_order(self):
        rng = random.Random(615)
        for turn in range(8):
            with self.subTest(turn):
                self._try_one(rng)

    def _try_one(self, rng):
        self.tax.amount = rng.choice((19, 7, 5.5))
        order = self._confirmed(
            (self.product, rng.randint(2, 9)), (self.other, rng.randint(2, 9))
        )
        order.sudo().order_line[0].discount = rng.choice((0, 3.33, 12.5))
        self._flush()
        invoice = self._invoiced(order) if rng.random() < 0.6 else None
        paid = self._pay(rng, order, invoice)
        for _step in range(rng.randint(1, 3)):
            open_ = [
                at
                for at, line in enumerate(order.order_line)
                if line._get_cancellable_quantity() > 1
            ]
            if open_:
                self._cancelled(order, {rng.choice(open_): 1})
            self._settle(order, rng)
            self._check(order, paid)
        self._cancelled(order)
        self._settle(order, rng)
        self._check(order, paid)
        self.assertAlmostEqual(self._given(order), paid)

    def _pay(self, rng, order, invoice):
        total = order.amount_total
        parts = [round(total * rng.uniform(0.2, 0.8), 2)] if rng.random() < 0.5 else []
        parts.append(round(total - sum(parts), 2))
        for part in parts:
            self._pay_online(order, part, invoices=invoice)
        return total

    def _settle(self, order, rng):
        self._send()
        if rng.random() < 0.7:
            self._post_process(order)

    def _given(self, order):
        return sum(self._get_refunds(order).mapped("amount"))

    def _check(self, order, paid):
        for transaction in order.sudo().transaction_ids:
            children = transaction.child_transaction_ids
            given = -sum(children.mapped("amount"))
            self.assertLessEqual(round(given, 2), transaction.amount)
            asked = [one for one, _amount in self.server.asked]
            self.assertEqual(len(asked), len(set(asked)), "none twice")
        owed = order.amount_total if order.state == "sale" else 0.0
        # Taxes are rounded in each document: a cent for each of them at most.
        cents = 0.011 * len(self._get_credits(order))
        self.assertAlmostEqual(paid - self._given(order), owed, delta=cents + 0.001)
        self.assertFalse(order.activity_ids)
