import random

from odoo.tests import tagged

from .common import CancellationCommon


@tagged("post_install", "-at_install")
class TestCancelMoney(CancellationCommon):
    """What is invoiced is credited, to the cent; what is unpaid is set off."""

    def _invoiced(self, *lines):
        (self.product | self.other).invoice_policy = "order"
        order = self._confirmed(*lines or ((self.product, 10),))
        invoice = order.sudo()._create_invoices()
        return order, invoice

    def _posted(self, *lines):
        order, invoice = self._invoiced(*lines)
        invoice.action_post()
        return order, invoice

    def _pay(self, invoice):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard.create({})._create_payments()

    def _get_credits(self, order):
        return order.sudo().invoice_ids.filtered(
            lambda one: one.move_type == "out_refund"
        )

    def test_lines(self):
        """Ten at 100 with 19 % tax, four cancelled: 476 of 1190 are credited."""
        order, invoice = self._posted()
        self.assertEqual(invoice.amount_total, 1190)
        one = self._cancelled(order, {0: 4})
        credit = self._get_credits(order)
        self.assertEqual((credit.state, credit.amount_total), ("posted", 476))
        self.assertEqual(credit.reversed_entry_id, invoice)
        self.assertEqual(invoice.amount_residual, 714)
        self.assertEqual((credit.amount_residual, one.refund_amount), (0, 0))
        self.assertEqual(order.order_line.qty_invoiced, 6)
        self.assertEqual(order.order_line.qty_to_invoice, 0)
        self.assertFalse(order.activity_ids)

    def test_what_is_paid_is_to_be_paid_back(self):
        order, invoice = self._posted()
        self._pay(invoice)
        one = self._new_cancellation(order, {0: 4})
        one.action_preview()
        self.assertEqual(one.impact["money"]["refund"], 476)
        self.assertFalse(self._get_credits(order))
        one.action_cancel_now()
        self._flush()
        self.assertEqual(one.refund_amount, 476)
        self.assertEqual(self._get_credits(order).amount_residual, 476)
        self.assertIn("476", order.activity_ids.summary)
        self.assertEqual(order.activity_ids.user_id, self.salesman)

    def test_whole_order_after_a_part_of_it(self):
        """What is credited already is not credited again."""
        order, invoice = self._posted()
        self._cancelled(order, {0: 4})
        self._cancelled(order)
        self.assertEqual(order.state, "cancel")
        credits = self._get_credits(order)
        self.assertEqual(sorted(credits.mapped("amount_total")), [476, 714])
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(sum(credits.mapped("amount_residual")), 0)

    def test_draft_says_too_much(self):
        order, invoice = self._invoiced()
        self._cancelled(order, {0: 4})
        self.assertEqual(invoice.state, "cancel")
        self.assertEqual(order.order_line.qty_to_invoice, 6)
        self.assertFalse(self._get_credits(order))

    def test_other_lines_stay_as_they_are(self):
        """One line is not invoiced yet: crediting another does not bill it."""
        order, invoice = self._posted((self.product, 10))
        order.write(
            {
                "order_line": [
                    (0, 0, {"product_id": self.other.id, "product_uom_qty": 2})
                ]
            }
        )
        self._cancelled(order, {0: 10})
        credit = self._get_credits(order)
        self.assertEqual(credit.amount_total, 1190)
        self.assertEqual(credit.invoice_line_ids.product_id, self.product)
        self.assertEqual(order.order_line[1].qty_to_invoice, 2)
        self.assertEqual(invoice.amount_residual, 0)

    def test_any_order(self):
        """Whatever is cancelled in whatever steps: credited is what was invoiced."""
        rng = random.Random(19)
        for _turn in range(4):
            order, invoice = self._posted(
                (self.product, rng.randint(2, 9)), (self.other, rng.randint(2, 9))
            )
            lines = order.order_line
            for at, line in enumerate(lines):
                part = rng.randint(1, int(line.product_uom_qty) - 1)
                self._cancelled(order, {at: part})
                self.assertEqual(line.qty_invoiced, line.product_uom_qty)
            credits = self._get_credits(order)
            self.assertAlmostEqual(
                invoice.amount_total - sum(credits.mapped("amount_total")),
                order.amount_total,
            )
            self.assertAlmostEqual(invoice.amount_residual, order.amount_total)
            self._cancelled(order)
            credits = self._get_credits(order)
            self.assertAlmostEqual(
                sum(credits.mapped("amount_total")), invoice.amount_total
            )
            self.assertEqual(invoice.amount_residual, 0)
