import random

from odoo.tests import BaseCase, tagged

from ...tools import demand


@tagged("post_install", "-at_install")
class TestDemandTools(BaseCase):
    """What is learned from what was used, within limits."""

    def test_forecasts(self):
        for history, method, found in (
            ([8, 10, 12], "trend", 14.0),
            ([8, 10, 12], "mean", 10.0),
            ([10], "trend", 10.0),
            ([10, 10, 10], "trend", 10.0),
            ([9, 3, 0], "trend", 0.0),
        ):
            with self.subTest(history=history, method=method):
                self.assertAlmostEqual(demand.forecast(history, method), found)

    def test_limits(self):
        for wanted, current, limits, found in (
            (14, 10, {"max_percent": 20}, 12),
            (14, 10, {}, 14),
            (2, 10, {"max_percent": 20}, 8),
            (14, 10, {"highest": 11}, 11),
            (1, 10, {"lowest": 5}, 5),
            (13, 10, {"step": 4}, 12),
            (11, 10, {"max_percent": 5}, 10),
            (0, 1, {}, 1),
        ):
            with self.subTest(wanted=wanted, current=current, limits=limits):
                self.assertEqual(demand.suggest(wanted, current, **limits), found)

    def test_what_is_suggested_keeps_to_the_limits(self):
        draw = random.Random(7)
        for _case in range(2000):
            current = draw.randint(1, 50)
            limits = {
                "lowest": draw.choice([0, 3]),
                "highest": draw.choice([0, 40]),
                "max_percent": draw.choice([10, 25, 100]),
                "step": draw.choice([1, 2, 5]),
            }
            found = demand.suggest(draw.uniform(0, 90), current, **limits)
            if found == current:
                continue
            self.assertAlmostEqual(
                found / limits["step"], round(found / limits["step"])
            )
            self.assertLessEqual(
                abs(found - current), current * limits["max_percent"] / 100 + 1e-6
            )
            self.assertGreaterEqual(found, limits["lowest"])
            if limits["highest"]:
                self.assertLessEqual(found, limits["highest"])

    def test_the_error_is_measured_on_what_was_not_seen(self):
        # A straight line is foretold exactly; the last value is always one step behind.
        ours, naive = demand.measure([2, 4, 6, 8, 10], "trend")
        self.assertAlmostEqual(ours, 0.0)
        self.assertAlmostEqual(naive, 2.0)
        self.assertEqual(demand.measure([2, 4], "trend"), (0.0, 0.0))

    def test_trend_beats_the_last_value_on_growing_use(self):
        draw = random.Random(11)
        ours = naive = 0.0
        for _line in range(200):
            level, slope = draw.uniform(20, 60), draw.uniform(1, 4)
            history = [level + slope * n + draw.gauss(0, 1) for n in range(18)]
            one, other = demand.measure(history, "trend")
            ours, naive = ours + one, naive + other
        self.assertLess(ours, 0.8 * naive)
