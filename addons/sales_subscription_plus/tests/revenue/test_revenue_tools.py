import random
from datetime import date, timedelta
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ...tools import proration, revenue


@tagged("post_install", "-at_install")
class TestRevenueTools(BaseCase):
    def test_a_year_from_the_15th_has_13_months(self):
        first, last = date(2026, 3, 15), date(2027, 3, 14)
        slices = revenue.get_slices(first, last, first)
        self.assertEqual(len(slices), 13)
        self.assertEqual(slices[0], (date(2026, 3, 31), first, date(2026, 3, 31)))
        self.assertEqual(slices[-1], (date(2027, 3, 31), date(2027, 3, 1), last))

    def test_what_was_earned_before_the_invoice_goes_into_its_month(self):
        slices = revenue.get_slices(
            date(2026, 1, 31), date(2026, 4, 29), date(2026, 3, 10)
        )
        self.assertEqual(
            slices,
            [
                (date(2026, 3, 31), date(2026, 1, 31), date(2026, 3, 31)),
                (date(2026, 4, 30), date(2026, 4, 1), date(2026, 4, 29)),
            ],
        )

    def test_invoiced_before_it_begins(self):
        slices = revenue.get_slices(
            date(2028, 2, 1), date(2028, 2, 29), date(2028, 1, 20)
        )
        self.assertEqual(
            slices, [(date(2028, 2, 29), date(2028, 2, 1), date(2028, 2, 29))]
        )

    def test_slices_cover_each_day_once_and_add_up(self):
        draw = random.Random(11)
        for _round in range(300):
            first = date(2024, 1, 1) + timedelta(days=draw.randrange(900))
            last = first + timedelta(days=draw.randrange(1, 800))
            floor = first + timedelta(days=draw.randrange(-60, 120))
            digits = draw.choice((0, 2, 3))
            amount = Decimal(draw.randrange(-99999, 99999)).scaleb(-digits)
            slices = revenue.get_slices(first, last, floor)
            day = first
            for _entry, start, end in slices:
                self.assertEqual(start, day)
                day = end + timedelta(days=1)
            self.assertEqual(day, last + timedelta(days=1))
            entries = [entry for entry, _start, _end in slices]
            self.assertEqual(entries, sorted(set(entries)))
            pieces = [
                proration.get_piece(amount, (first, last), start, end, digits)
                for _entry, start, end in slices
            ]
            self.assertEqual(sum(pieces), amount)
