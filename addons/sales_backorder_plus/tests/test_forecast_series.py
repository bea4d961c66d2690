import csv
import gzip
import math
import random
from collections import Counter, defaultdict
from datetime import date, datetime
from pathlib import Path
from unittest import SkipTest

from odoo.tests import BaseCase, tagged

from odoo.addons.sales_backorder_plus.models.forecast import series

FILE = "online_retail_2010-12_2011-06.csv.gz"
REAL = Path(__file__).resolve().parents[4] / "shared" / "data" / FILE
# The first whole week of the file, and how many there are.
MONDAY, WEEKS = date(2010, 12, 6), 29


@tagged("post_install", "-at_install")
class TestForecastSeries(BaseCase):
    """Methods, seasons and the choice between them, without a database."""

    def test_plain_methods(self):
        steady = [7.0] * 20
        for method in (
            series.last,
            series.average,
            series.smooth,
            series.trend,
            series.theta,
            series.croston,
            series.season_before(12),
            series.seasons(12),
        ):
            with self.subTest(method=method):
                found = method(steady, 3)
                # Croston's correction takes a twentieth off.
                share = 0.95 if method is series.croston else 1.0
                for value in found:
                    self.assertAlmostEqual(value, 7.0 * share)

    def test_season_before(self):
        year = [float(month) for month in range(1, 13)]
        found = series.season_before(12)(year + [9.0], 13)
        self.assertEqual(found, [*year[1:], 9.0, 2.0])

    def test_rare_demand(self):
        """6 every third period are 2 a period, less the correction."""
        found = series.croston([6.0, 0.0, 0.0] * 12, 2)
        self.assertAlmostEqual(found[0], 2 * 0.95, delta=0.15)
        self.assertEqual(found[0], found[1])

    def test_season_factors(self):
        """Growth is no season: the factors are those that were put in."""
        wanted = {12: 1.8, 1: 0.6}
        rest = (12 - 2.4) / 10
        values = [
            (100 + place) * wanted.get(place % 12 + 1, rest) for place in range(48)
        ]
        found = series.get_season_factors(values, 1)
        self.assertAlmostEqual(found[12], 1.8, delta=0.02)
        self.assertAlmostEqual(found[1], 0.6, delta=0.02)
        self.assertAlmostEqual(sum(found.values()), 12)
        self.assertEqual(series.get_season_factors(values[:23], 1), {})

    def test_too_few(self):
        for values in ([5.0] * 7, [0.0] * 20 + [5.0] * 3):
            choice = series.choose(values, 3, 3, 12)
            self.assertEqual(choice.method, "few")
            self.assertFalse(choice.measured)
            self.assertEqual(choice.values, [series.mean(values)] * 3)

    def test_seasonal_sales(self):
        """Two years: the last quarter, never seen, is met better than by the naive."""
        rng = random.Random(4)
        wave = [1 + 0.6 * math.sin(2 * math.pi * month / 12) for month in range(12)]
        past = [
            round(100 * (1 + place * 0.02) * wave[place % 12] * rng.uniform(0.95, 1.05))
            for place in range(24)
        ]
        choice = series.choose(past[:21], 3, 3, 12)
        actual = past[21:]
        naive = series.last(past[:21], 3)

        def mape(found):
            pairs = zip(found, actual, strict=True)
            return series.mean([abs(f - a) / a for f, a in pairs])

        self.assertLess(mape(choice.values), mape(naive))
        whole = series.choose(past, 3, 3, 12)
        self.assertLess(whole.wape, series.wape([(past[20], a) for a in actual]))
        self.assertLessEqual(whole.wape, whole.wape_naive)

    def test_noise_falls_back_to_the_naive(self):
        """Nothing knows where a random walk goes: it is used as it was last."""
        rng = random.Random(6)
        walk, level = [], 500.0
        for _place in range(60):
            level += rng.choice((-40, 40))
            walk.append(level)
        choice = series.choose(walk, 3, 3, 12)
        self.assertEqual(choice.method, "last")
        self.assertEqual(choice.wape, choice.wape_naive)

    def test_bounds(self):
        values = [10.0, 12.0, 9.0, 11.0, 10.0, 8.0, 12.0, 10.0, 11.0, 9.0]
        choice = series.choose(values, 6, 3, 12)
        for low, value, high in zip(
            choice.low, choice.values, choice.high, strict=True
        ):
            self.assertLessEqual(0, low)
            self.assertLessEqual(low, value)
            self.assertLessEqual(value, high)
        self.assertGreater(
            choice.high[5] - choice.values[5], choice.high[0] - choice.values[0]
        )

    def test_never_negative_and_always_finite(self):
        rng = random.Random(7)
        for number in range(200):
            length = rng.randint(0, 70)
            values = [
                float(rng.choice((0, 0, rng.randint(0, 50)))) for _place in range(length)
            ]
            factors = (
                (lambda known, horizon: [1.5] * (known + horizon)) if number % 2 else None
            )
            choice = series.choose(values, 5, 3, 12, factors)
            self.assertEqual(len(choice.values), 5)
            for value in choice.values:
                self.assertTrue(math.isfinite(value) and value >= 0, (values, choice))

    def test_nothing_of_the_future_is_known(self):
        """What methods are judged by never sees what it is to foresee."""
        seen = []

        def spy(values, horizon):
            seen.append(len(values))
            return [0.0] * horizon

        series.look_back(spy, list(range(20)), range(10, 13), 3, 13)
        self.assertEqual(seen, [10, 11, 12])


@tagged("post_install", "-at_install")
class TestForecastReal(BaseCase):
    """Weekly orders of a real wholesaler; the last four weeks are never shown."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not REAL.is_file():
            raise SkipTest(f"no real orders in {REAL.parent}")
        sales = defaultdict(Counter)
        with gzip.open(REAL, "rt", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                quantity = int(row["Quantity"])
                if quantity > 0 and not row["InvoiceNo"].startswith("C"):
                    day = datetime.fromisoformat(row["InvoiceDate"]).date()
                    week = (day - MONDAY).days // 7
                    sales[row["StockCode"]][week] += quantity
        cls.series = {}
        for code, weeks in sales.items():
            known = {week for week in weeks if 0 <= week < WEEKS}
            if known and WEEKS - min(known) >= 16:
                cls.series[code] = [
                    float(weeks[week]) for week in range(min(known), WEEKS)
                ]

    def _measure(self, rare):
        """Return (pairs of the chosen methods, of the naive one, share inside band)."""
        ours, naive, inside = [], [], []
        for values in self.series.values():
            past, actual = values[:-4], values[-4:]
            choice = series.choose(past, 4, 4, 52)
            if not choice.measured or choice.intermittent != rare:
                continue
            ours += zip(choice.values, actual, strict=True)
            naive += zip(series.last(past, 4), actual, strict=True)
            inside += [
                low <= value <= high
                for low, value, high in zip(
                    choice.low, actual, choice.high, strict=True
                )
            ]
        return ours, naive, inside

    def test_steady_demand(self):
        ours, naive, inside = self._measure(rare=False)
        self.assertGreater(len(ours), 2000)
        self.assertLess(series.wape(ours), series.wape(naive))
        self.assertLess(series.squared(ours), series.squared(naive))
        self.assertAlmostEqual(series.mean(inside), series.BAND, delta=0.1)

    def test_rare_demand(self):
        """Judged by squares: the least absolute error would be to foresee nothing."""
        ours, naive, inside = self._measure(rare=True)
        self.assertGreater(len(ours), 2000)
        self.assertLess(series.squared(ours), 0.7 * series.squared(naive))
        self.assertAlmostEqual(series.mean(inside), series.BAND, delta=0.1)
