import random
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from odoo.tests import BaseCase, tagged

from ..tools.proration import allocate, get_piece, round_money
from ..tools.rating import MODELS, rate

DAY = timedelta(days=1)
TIERS = [(100, 1.0, 0.0), (None, 0.5, 0.0)]


@tagged("post_install", "-at_install")
class TestProrationTool(BaseCase):
    def test_half_of_april(self):
        april = date(2026, 4, 1), date(2026, 4, 30)
        rest = date(2026, 4, 16), date(2026, 4, 30)
        self.assertEqual(get_piece(30, april, *rest, 2), Decimal("15.00"))
        self.assertEqual(get_piece(60, april, *rest, 2), Decimal("30.00"))

    def test_leap_february_has_29_days(self):
        period = date(2028, 2, 1), date(2028, 2, 29)
        self.assertEqual(get_piece(29, period, date(2028, 2, 29), period[1], 2), 1)

    def test_days_outside_cost_nothing(self):
        period = date(2026, 4, 1), date(2026, 4, 30)
        self.assertEqual(
            get_piece(30, period, date(2026, 3, 1), date(2026, 3, 9), 2), 0
        )
        self.assertEqual(
            get_piece(30, period, date(2026, 3, 1), date(2026, 5, 9), 2), 30
        )

    def test_halves_go_away_from_zero(self):
        self.assertEqual(round_money(1.005, 2), Decimal("1.01"))
        self.assertEqual(round_money(-1.005, 2), Decimal("-1.01"))
        self.assertEqual(round_money(Fraction(5, 2), 0), 3)
        self.assertEqual(round_money(Fraction(-5, 2), 0), -3)

    def test_pieces_add_up_whatever_the_cuts(self):
        source = random.Random(20260416)
        for _case in range(3000):
            digits = source.choice((0, 2, 3))
            start = date(2024, 1, 1) + source.randrange(900) * DAY
            length = source.choice((7, 28, 29, 30, 31, 90, 365, 366))
            period = start, start + (length - 1) * DAY
            price = Decimal(source.randrange(1, 10**7)).scaleb(-digits)
            cuts = sorted(source.sample(range(1, length), source.randrange(0, 6)))
            edges = [0, *cuts, length]
            pieces = [
                get_piece(price, period, start + a * DAY, start + (b - 1) * DAY, digits)
                for a, b in zip(edges, edges[1:], strict=False)
            ]
            self.assertEqual(sum(pieces), price)
            unit = Decimal(1).scaleb(-digits)
            for piece, a, b in zip(pieces, edges, edges[1:], strict=False):
                exact = Fraction(price) * (b - a) / length
                self.assertLessEqual(abs(Fraction(piece) - exact), Fraction(unit))

    def test_allocated_parts_add_up(self):
        source = random.Random(5)
        self.assertEqual(
            allocate(100, [1, 1, 1], 2), [Decimal("33.34")] + [Decimal("33.33")] * 2
        )
        self.assertEqual(allocate(-100, [1, 2], 0), [Decimal(-33), Decimal(-67)])
        self.assertEqual(allocate(10, [0, 0], 2), [Decimal(5), Decimal(5)])
        self.assertEqual(allocate(10, [], 2), [])
        for _case in range(1000):
            digits = source.choice((0, 2, 3))
            amount = Decimal(source.randrange(-(10**6), 10**6)).scaleb(-digits)
            weights = [
                source.randrange(0, 1000) for _part in range(source.randrange(1, 9))
            ]
            parts = allocate(amount, weights, digits)
            self.assertEqual(sum(parts), amount)
            for part, weight in zip(parts, weights, strict=True):
                if sum(weights):
                    exact = Fraction(amount) * weight / sum(weights)
                    unit = Fraction(1, 10**digits)
                    self.assertLess(abs(Fraction(part) - exact), unit)


@tagged("post_install", "-at_install")
class TestRatingTool(BaseCase):
    def test_each_model(self):
        table = [
            ("flat", 150, {"price": 40}, "40"),
            ("per_unit", 150, {"price": 0.1}, "15.0"),
            ("graduated", 150, {"tiers": TIERS}, "125"),
            ("volume", 150, {"tiers": TIERS}, "75"),
            ("graduated", 100, {"tiers": TIERS}, "100"),
            ("volume", 100, {"tiers": TIERS}, "100"),
            ("stairstep", 150, {"tiers": [(100, 0, 9), (None, 0, 20)]}, "20"),
            ("stairstep", 100, {"tiers": [(100, 0, 9), (None, 0, 20)]}, "9"),
            ("package", 150, {"price": 5, "package": 100}, "10"),
            ("package", 200, {"price": 5, "package": 100}, "10"),
            ("volume", 150, {"tiers": [(100, 1, 5), (None, 0.5, 7)]}, "82"),
            ("graduated", 150, {"tiers": [(100, 1, 5), (None, 0.5, 7)]}, "137"),
        ]
        for model, quantity, terms, amount in table:
            self.assertEqual(rate(model, quantity, **terms), Decimal(amount), model)

    def test_nothing_costs_nothing(self):
        for model in MODELS:
            price = rate(model, 0, 3, TIERS)
            self.assertEqual(price, 3 if model == "flat" else 0)

    def test_nonsense_is_refused(self):
        with self.assertRaisesRegex(ValueError, "unknown model"):
            rate("barter", 1)
        with self.assertRaisesRegex(ValueError, "needs tiers"):
            rate("volume", 1)

    def test_graduated_prices_never_jump_down(self):
        source = random.Random(9)
        for _case in range(300):
            ends = sorted(source.sample(range(1, 500), 3))
            tiers = [(end, source.randrange(0, 50), 0) for end in ends]
            tiers.append((None, source.randrange(0, 50), 0))
            prices = [rate("graduated", quantity, 0, tiers) for quantity in range(520)]
            self.assertEqual(prices, sorted(prices))
            # Split in two, used one after the other, it costs the same.
            cut = source.randrange(520)
            whole = rate("graduated", 519, 0, tiers)
            self.assertEqual(prices[cut] + (whole - prices[cut]), whole)
