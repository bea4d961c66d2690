import random
from decimal import Decimal
from fractions import Fraction

from freezegun import freeze_time

from odoo.tests import tagged

from ..tools.proration import round_money
from .common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestRandomChanges(SubscriptionCommon):
    """Whatever is changed, and when: what is billed is each day at its price."""

    SEQUENCES = 12

    def test_pieces_add_up_to_the_price_of_each_day(self):
        source = random.Random(20260401)
        for currency, digits in (("USD", 2), ("JPY", 0), ("KWD", 3)):
            self._use_currency(currency)
            for _case in range(self.SEQUENCES // 3 + 1):
                self._run_sequence(source, digits)

    def _use_currency(self, name):
        currency = self.env.ref(f"base.{name}")
        currency.active = True
        self.pricelist = self.env["product.pricelist"].create(
            {"name": name, "currency_id": currency.id}
        )
        if not currency.rate_ids:
            self.env["res.currency.rate"].create(
                {"currency_id": currency.id, "rate": 1.5, "name": "2020-01-01"}
            )

    def _run_sequence(self, source, digits):
        def get_price():
            return source.randrange(1, 90000) / 10**digits

        start = source.choice(("2026-01-31", "2026-02-01", "2028-02-01", "2026-12-17"))
        mode = source.choice(("immediate", "next_invoice"))
        self.monthly.proration_mode = mode
        subscription = self._new_subscription(
            start, (self.care, 1), pricelist_id=self.pricelist.id
        )
        subscription.line_ids.price_unit = get_price()
        with freeze_time(f"{start} 08:00:00"):
            subscription.action_start()
            subscription.sudo()._bill_next_period()
            first, last = subscription.current_start, subscription.current_end
        prices = {}
        length = (last - first).days + 1
        price = subscription.line_ids.price_unit
        days = sorted(source.sample(range(1, length), 4))
        for index, day in enumerate([0, *days]):
            until = [*days, length][index]
            if day:
                price = get_price()
                date = str(first.fromordinal(first.toordinal() + day))
                with freeze_time(f"{date} 12:00:00"):
                    subscription._change(
                        kind="price", line_id=subscription.line_ids.id, price_unit=price
                    )
            for number in range(day, until):
                prices[number] = price
        exact = sum(
            Fraction(round_money(prices[number], digits)) / length
            for number in range(length)
        )
        charged = subscription.sudo().charge_ids
        first_bill = subscription.sudo().period_ids.sorted("id")[0]
        total = Decimal(str(round(first_bill.order_id.amount_untaxed, digits)))
        total += sum(Decimal(str(round(row.amount, digits))) for row in charged)
        # Each piece is rounded by less than half a unit, at its two ends.
        self.assertLessEqual(
            abs(Fraction(total) - exact), Fraction(len(days) + 1, 10**digits)
        )
        if mode == "immediate":
            # What is billed is what was reckoned.
            rows = subscription.sudo().period_ids
            billed = sum(rows.order_id.mapped("amount_untaxed"))
            self.assertEqual(round_money(round(billed, 6), digits), total)
