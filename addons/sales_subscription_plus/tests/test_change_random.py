import random
from decimal import Decimal
from fractions import Fraction
from unittest.mock import patch

from freezegun import freeze_time

from odoo.fields import Command, Date
from odoo.tests import tagged

from ..tools.proration import round_money
from .common import SubscriptionCommon

STARTS = ("2026-01-31", "2026-02-01", "2028-02-01", "2026-12-17")


@tagged("post_install", "-at_install")
class TestRandomChanges(SubscriptionCommon):
    """Whatever is changed, and when: what is billed is each day at its price."""

    SEQUENCES = 1000
    # One of so many is billed change by change, the others with their next period.
    IMMEDIATE = 20

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.monthly.write({"document": "invoice", "auto_post": False})

    def test_pieces_add_up_to_the_price_of_each_day(self):
        source = random.Random(20260401)
        checked = 0
        for currency, digits in (("USD", 2), ("JPY", 0), ("KWD", 3)):
            pricelist = self._get_pricelist(currency)
            for start in STARTS:
                subscriptions = self._start(source, pricelist, start, digits)
                for number, subscription in enumerate(subscriptions):
                    mode = "next_invoice" if number % self.IMMEDIATE else "immediate"
                    self._run_sequence(source, subscription, digits, mode)
                    checked += 1
        self.assertGreaterEqual(checked, self.SEQUENCES)

    def _get_pricelist(self, name):
        currency = self.env.ref(f"base.{name}")
        currency.active = True
        if not currency.rate_ids:
            self.env["res.currency.rate"].create(
                {"currency_id": currency.id, "rate": 1.5, "name": "2020-01-01"}
            )
        return self.env["product.pricelist"].create(
            {"name": name, "currency_id": currency.id}
        )

    def _start(self, source, pricelist, start, digits):
        """Start subscriptions and bill their first period, all of them at once."""
        count = -(-self.SEQUENCES // (3 * len(STARTS)))
        subscriptions = self.env["sales.subscription"].create(
            [
                {
                    "partner_id": self.customer.id,
                    "plan_id": self.monthly.id,
                    "pricelist_id": pricelist.id,
                    "anchor_date": start,
                    "line_ids": [
                        Command.create(
                            {
                                "product_id": self.care.id,
                                "price_unit": self._draw_price(source, digits),
                            }
                        )
                    ],
                }
                for _number in range(count)
            ]
        )
        with freeze_time(f"{start} 08:00:00"):
            subscriptions.action_start()
            subscriptions.sudo()._bill_next_periods()
        return subscriptions.sudo()

    def _draw_price(self, source, digits):
        return source.randrange(1, 90000) / 10**digits

    def _run_sequence(self, source, subscription, digits, mode):
        first, last = subscription.current_start, subscription.current_end
        line, length = subscription.line_ids, (last - first).days + 1
        count = source.randint(1, 4)
        cuts = [0, *sorted(source.sample(range(1, length), count)), length]
        exact = Fraction(0)
        for day, until in zip(cuts, cuts[1:], strict=False):
            if day:
                self._change_on(source, subscription, Date.add(first, days=day), mode)
            price = round_money(round(line.quantity * line.price_unit, 9), digits)
            exact += Fraction(price) * (until - day) / length
        moves = subscription.period_ids.filtered(lambda row: row.kind == "regular")
        total = self._to_money(moves.invoice_line_ids, "price_subtotal", digits)
        total += self._to_money(subscription.charge_ids, "amount", digits)
        # Together within half of the smallest unit, however often it was cut.
        self.assertLessEqual(abs(Fraction(total) - exact), Fraction(1, 2 * 10**digits))
        if mode == "immediate":
            self._check_billed(subscription, total, digits)

    def _change_on(self, source, subscription, date, mode):
        """Change the price or the quantity on a day."""
        digits = subscription.currency_id.decimal_places
        vals = (
            {"kind": "quantity", "quantity": float(source.randint(1, 9))}
            if source.random() < 0.3
            else {"kind": "price", "price_unit": self._draw_price(source, digits)}
        )
        model = self.env.registry["sales.subscription"]
        with patch.object(model, "_get_today", lambda one: date):
            subscription._change(
                line_id=subscription.line_ids.id, proration=mode, **vals
            )

    def _to_money(self, records, name, digits):
        amounts = (round(amount, digits) for amount in records.mapped(name))
        return sum((Decimal(str(amount)) for amount in amounts), Decimal(0))

    def _check_billed(self, subscription, total, digits):
        """What is billed is what was reckoned, charged or given back."""
        moves = subscription.period_ids.move_id
        billed = sum(
            -move.amount_untaxed
            if move.move_type == "out_refund"
            else move.amount_untaxed
            for move in moves
        )
        self.assertEqual(round_money(round(billed, 6), digits), total)
