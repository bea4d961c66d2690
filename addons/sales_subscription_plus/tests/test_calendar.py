import random
from datetime import date, datetime, timedelta

from odoo.tests import BaseCase, tagged

from odoo.addons.sales_order_plus.models.seam.moments import get_local

from ..tools.calendar import get_boundary
from ..tools.schedule import Schedule


def get_period(anchor, count, unit, number):
    return Schedule(anchor, anchor, count, unit).get_period(number)


def get_period_number(anchor, count, unit, day):
    return Schedule(anchor, anchor, count, unit).get_number(day)


UNITS = ("day", "week", "month", "quarter", "year")


@tagged("post_install", "-at_install")
class TestCalendar(BaseCase):
    def _get_starts(self, anchor, count, unit, numbers):
        return [str(get_boundary(anchor, count, unit, number)) for number in numbers]

    def test_month_end_is_reckoned_from_the_anchor(self):
        self.assertEqual(
            self._get_starts(date(2026, 1, 31), 1, "month", range(7)),
            [
                "2026-01-31",
                "2026-02-28",
                "2026-03-31",
                "2026-04-30",
                "2026-05-31",
                "2026-06-30",
                "2026-07-31",
            ],
        )

    def test_month_end_in_a_leap_year(self):
        self.assertEqual(
            self._get_starts(date(2024, 1, 31), 1, "month", (1, 2)),
            ["2024-02-29", "2024-03-31"],
        )

    def test_anchor_on_the_30th_meets_february(self):
        self.assertEqual(
            self._get_starts(date(2025, 12, 30), 1, "month", (1, 2, 3)),
            ["2026-01-30", "2026-02-28", "2026-03-30"],
        )

    def test_leap_day_yearly(self):
        self.assertEqual(
            self._get_starts(date(2024, 2, 29), 1, "year", range(1, 6)),
            ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29", "2029-02-28"],
        )

    def test_quarter_is_three_months(self):
        self.assertEqual(
            self._get_starts(date(2025, 11, 30), 1, "quarter", range(1, 5)),
            ["2026-02-28", "2026-05-30", "2026-08-30", "2026-11-30"],
        )

    def test_every_ten_days_and_two_weeks(self):
        self.assertEqual(
            self._get_starts(date(2026, 2, 20), 10, "day", (1, 2)),
            ["2026-03-02", "2026-03-12"],
        )
        self.assertEqual(
            self._get_starts(date(2026, 12, 24), 2, "week", (1, 2)),
            ["2027-01-07", "2027-01-21"],
        )

    def test_every_five_months(self):
        self.assertEqual(
            self._get_starts(date(2026, 8, 31), 5, "month", (1, 2)),
            ["2027-01-31", "2027-06-30"],
        )

    def test_period_has_first_and_last_day(self):
        self.assertEqual(
            get_period(date(2026, 1, 31), 1, "month", 2),
            (date(2026, 2, 28), date(2026, 3, 30)),
        )

    def test_period_number_of_a_day(self):
        anchor = date(2026, 1, 31)
        days = {
            date(2026, 1, 30): 0,
            date(2026, 1, 31): 1,
            date(2026, 2, 27): 1,
            date(2026, 2, 28): 2,
            date(2026, 3, 30): 2,
            date(2026, 3, 31): 3,
        }
        for day, number in days.items():
            self.assertEqual(get_period_number(anchor, 1, "month", day), number, day)

    def test_refuses_what_is_no_interval(self):
        with self.assertRaisesRegex(ValueError, "at least one unit"):
            get_boundary(date(2026, 1, 1), 0, "month", 1)
        with self.assertRaisesRegex(ValueError, "unknown unit"):
            get_boundary(date(2026, 1, 1), 1, "decade", 1)

    def test_local_date_differs_at_one_instant(self):
        moment = datetime(2026, 3, 1, 9, 30)
        zones = {
            "Pacific/Auckland": "2026-03-01",
            "Europe/London": "2026-03-01",
            "America/Los_Angeles": "2026-03-01",
            "Pacific/Kiritimati": "2026-03-01",
            "Pacific/Pago_Pago": "2026-02-28",
        }
        for tz, day in zones.items():
            self.assertEqual(str(get_local(moment, tz).date()), day, tz)

    def test_local_date_follows_daylight_saving(self):
        # London leaves GMT on 29 March 2026 at 01:00 UTC.
        winter, summer = datetime(2026, 3, 28, 23, 30), datetime(2026, 3, 29, 23, 30)
        self.assertEqual(str(get_local(winter, "Europe/London").date()), "2026-03-28")
        self.assertEqual(str(get_local(summer, "Europe/London").date()), "2026-03-30")


@tagged("post_install", "-at_install")
class TestCalendarProperties(BaseCase):
    """What holds for every anchor and interval; the seed makes failures repeatable."""

    def setUp(self):
        super().setUp()
        source = random.Random(20260131)
        self.cases = [
            (
                date(2019, 1, 1) + timedelta(days=source.randrange(4000)),
                source.choice((1, 1, 1, 2, 3, 7, 10)),
                source.choice(UNITS),
            )
            for _case in range(400)
        ]
        # Month ends are where calendars break.
        self.cases += [
            (date(2024, month, day), 1, unit)
            for unit in UNITS
            for month, day in ((1, 29), (1, 30), (1, 31), (2, 29), (8, 31), (12, 31))
        ]

    def test_boundaries_increase(self):
        for anchor, count, unit in self.cases:
            days = [get_boundary(anchor, count, unit, number) for number in range(40)]
            self.assertEqual(days, sorted(set(days)), (anchor, count, unit))

    def test_periods_leave_no_gap_and_no_overlap(self):
        for anchor, count, unit in self.cases:
            for number in range(1, 30):
                _start, end = get_period(anchor, count, unit, number)
                start, _end = get_period(anchor, count, unit, number + 1)
                self.assertEqual(start - end, timedelta(days=1), (anchor, count, unit))

    def test_every_day_lies_in_the_period_of_its_number(self):
        for anchor, count, unit in self.cases:
            for offset in (0, 1, 27, 28, 29, 30, 31, 59, 365, 366, 1461):
                day = anchor + timedelta(days=offset)
                number = get_period_number(anchor, count, unit, day)
                start, end = get_period(anchor, count, unit, number)
                self.assertTrue(start <= day <= end, (anchor, count, unit, day))

    def test_months_keep_the_day_or_clamp_it(self):
        for anchor, count, unit in self.cases:
            if unit in ("day", "week"):
                continue
            for number in range(1, 30):
                day = get_boundary(anchor, count, unit, number)
                clamped = (day + timedelta(days=1)).day == 1 and day.day < anchor.day
                self.assertTrue(day.day == anchor.day or clamped, (anchor, day))

    def test_a_month_end_anchor_stays_at_month_ends(self):
        for number in range(1, 60):
            day = get_boundary(date(2024, 1, 31), 1, "month", number)
            self.assertEqual((day + timedelta(days=1)).day, 1, day)
