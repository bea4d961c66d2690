from odoo.tests import BaseCase, tagged

from ...tools import mrr


@tagged("post_install", "-at_install")
class TestMrrTools(BaseCase):
    """What an amount comes to in a month, and what a movement is called."""

    def test_monthly_amounts(self):
        for amount, count, unit, monthly in (
            (30.0, 1, "month", 30.0),
            (90.0, 3, "month", 30.0),
            (90.0, 1, "quarter", 30.0),
            (360.0, 1, "year", 30.0),
            (720.0, 2, "year", 30.0),
            # A month has 30.4375 days and 4.348 weeks.
            (1.0, 1, "day", 30.4375),
            (10.0, 10, "day", 30.4375),
            (7.0, 1, "week", 30.4375),
        ):
            with self.subTest(amount=amount, count=count, unit=unit):
                found = mrr.get_monthly(amount, count, unit)
                self.assertAlmostEqual(found, monthly, 4)

    def test_kinds(self):
        old = {"amount": 30.0, "units": 1.0, "plan": 1, "kind": "new"}
        now = {"amount": 40.0, "units": 1.0, "plan": 1, "state": "active"}
        for before, after, kind in (
            (None, {}, "new"),
            ({}, {}, "price"),
            ({}, {"units": 2.0}, "expansion"),
            ({}, {"plan": 2}, "expansion"),
            ({}, {"plan": 2, "amount": 20.0}, "contraction"),
            ({}, {"amount": 0.0, "state": "paused"}, "pause"),
            ({}, {"amount": 0.0, "state": "cancelled"}, "churn"),
            ({}, {"amount": 0.0, "state": "expired"}, "churn"),
            ({"kind": "pause"}, {}, "resume"),
            ({"kind": "pause"}, {"state": "cancelled"}, "churn"),
            ({"kind": "churn"}, {}, "reactivation"),
        ):
            with self.subTest(before=before, after=after):
                before = before if before is None else {**old, **before}
                self.assertEqual(mrr.get_kind(before, {**now, **after}), kind)
