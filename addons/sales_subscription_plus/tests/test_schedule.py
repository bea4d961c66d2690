import random
from datetime import date, datetime, timedelta

from odoo.tests import BaseCase, tagged

from odoo.addons.sales_order_plus.models.seam.moments import get_local

from ..tools.calendar import get_utc_midnight
from ..tools.schedule import Schedule, get_first_anchor

DAY = timedelta(days=1)


def build(start, mode="start", count=1, unit="month", base=0, **fixed):
    return Schedule.build(start, count, unit, mode, base, **fixed)


@tagged("post_install", "-at_install")
class TestSchedule(BaseCase):
    """Against tables written by hand."""

    def _get_starts(self, schedule, numbers):
        return [str(schedule.get_period(number)[0]) for number in numbers]

    def test_stub_before_a_day_of_the_month(self):
        schedule = build(date(2026, 7, 15), "month_day", day=1)
        self.assertEqual(
            self._get_starts(schedule, (1, 2, 3)),
            ["2026-07-15", "2026-08-01", "2026-09-01"],
        )
        self.assertEqual(schedule.get_period(1)[1], date(2026, 7, 31))
        self.assertEqual(
            schedule.get_full_period(1), (date(2026, 7, 1), date(2026, 7, 31))
        )

    def test_no_stub_on_the_day_itself(self):
        schedule = build(date(2026, 7, 1), "month_day", day=1)
        self.assertFalse(schedule.has_stub)
        self.assertEqual(schedule.get_period(1), (date(2026, 7, 1), date(2026, 7, 31)))

    def test_last_day_of_the_month_from_a_short_month(self):
        # The anchor falls on 28 February; the day asked for is the 31st all the same.
        schedule = build(date(2026, 2, 10), "month_day", day=31)
        self.assertEqual(
            self._get_starts(schedule, range(1, 6)),
            ["2026-02-10", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"],
        )

    def test_day_30_meets_february(self):
        schedule = build(date(2025, 12, 30), "month_day", day=30)
        self.assertEqual(
            self._get_starts(schedule, (1, 2, 3, 4)),
            ["2025-12-30", "2026-01-30", "2026-02-28", "2026-03-30"],
        )

    def test_weekday(self):
        # 2026-07-15 is a Wednesday; the first Monday is the 20th.
        schedule = build(date(2026, 7, 15), "weekday", 2, "week", weekday=0)
        self.assertEqual(
            self._get_starts(schedule, (1, 2, 3)),
            ["2026-07-15", "2026-07-20", "2026-08-03"],
        )

    def test_leap_day_of_every_year(self):
        schedule = build(date(2026, 1, 10), "year_day", 1, "year", day=29, month=2)
        self.assertEqual(
            self._get_starts(schedule, range(1, 5)),
            ["2026-01-10", "2026-02-28", "2027-02-28", "2028-02-29"],
        )

    def test_quarters_from_the_first_of_january(self):
        schedule = build(date(2026, 2, 17), "year_day", 1, "quarter", day=1, month=1)
        self.assertEqual(
            self._get_starts(schedule, range(1, 5)),
            ["2026-02-17", "2026-04-01", "2026-07-01", "2026-10-01"],
        )

    def test_numbers_go_on_after_the_rhythm_changed(self):
        schedule = build(date(2026, 5, 10), base=4)
        self.assertIsNone(schedule.get_period(4))
        self.assertEqual(schedule.get_period(5)[0], date(2026, 5, 10))
        self.assertEqual(schedule.get_number(date(2026, 6, 9)), 5)
        self.assertEqual(schedule.get_number(date(2026, 6, 10)), 6)
        self.assertEqual(schedule.get_number(date(2026, 5, 9)), 4)

    def test_an_unknown_mode_is_refused(self):
        with self.assertRaisesRegex(ValueError, "unknown mode"):
            get_first_anchor(date(2026, 1, 1), "moon")

    def test_midnight_where_the_clock_changes(self):
        table = {
            ("2026-03-29", "Europe/Madrid"): "2026-03-28 23:00:00",
            ("2026-03-30", "Europe/Madrid"): "2026-03-29 22:00:00",
            ("2026-10-26", "Europe/Madrid"): "2026-10-25 23:00:00",
            ("2026-11-02", "America/New_York"): "2026-11-02 05:00:00",
            # Midnight does not exist: the clock jumps from 23:59 to 01:00.
            ("2018-11-04", "America/Sao_Paulo"): "2018-11-04 03:00:00",
            ("2026-01-01", "Pacific/Apia"): "2025-12-31 11:00:00",
        }
        for (day, tz), moment in table.items():
            found = get_utc_midnight(date.fromisoformat(day), tz)
            self.assertEqual(str(found), moment, (day, tz))

    def test_days_begin_at_their_midnight(self):
        for tz in ("Europe/Madrid", "America/New_York", "Pacific/Apia"):
            for offset in range(366):
                day = date(2026, 1, 1) + offset * DAY
                moment = get_utc_midnight(day, tz)
                self.assertEqual(get_local(moment, tz).date(), day)
                before = moment - timedelta(seconds=1)
                self.assertEqual(get_local(before, tz).date(), day - DAY)

    def test_days_of_23_and_25_hours(self):
        hours = [
            get_utc_midnight(day + DAY, "Europe/Madrid")
            - get_utc_midnight(day, "Europe/Madrid")
            for day in (date(2026, 3, 29), date(2026, 10, 25), date(2026, 7, 1))
        ]
        self.assertEqual(hours, [timedelta(hours=count) for count in (23, 25, 24)])
        self.assertIsInstance(get_utc_midnight(date(2026, 1, 1), "UTC"), datetime)


@tagged("post_install", "-at_install")
class TestScheduleProperties(BaseCase):
    def setUp(self):
        super().setUp()
        source = random.Random(8)
        self.schedules = []
        for _case in range(500):
            unit, mode = source.choice(
                (
                    ("day", "start"),
                    ("week", "weekday"),
                    ("month", "start"),
                    ("month", "month_day"),
                    ("quarter", "month_day"),
                    ("year", "month_day"),
                    ("year", "year_day"),
                )
            )
            self.schedules.append(
                build(
                    date(2020, 1, 1) + source.randrange(3000) * DAY,
                    mode,
                    source.choice((1, 1, 2, 5)),
                    unit,
                    base=source.choice((0, 0, 3)),
                    day=source.choice((1, 15, 28, 29, 30, 31)),
                    weekday=source.randrange(7),
                    month=source.randrange(1, 13),
                )
            )

    def test_periods_follow_each_other(self):
        for schedule in self.schedules:
            first = schedule.base + 1
            self.assertEqual(schedule.get_period(first)[0], schedule.start)
            for number in range(first, first + 25):
                start, end = schedule.get_period(number)
                self.assertLessEqual(start, end, schedule)
                self.assertEqual(schedule.get_period(number + 1)[0] - end, DAY)

    def test_a_day_has_the_number_of_its_period(self):
        for schedule in self.schedules:
            for offset in (0, 1, 6, 27, 30, 31, 59, 365, 366, 1461):
                day = schedule.start + offset * DAY
                start, end = schedule.get_period(schedule.get_number(day))
                self.assertTrue(start <= day <= end, (schedule, day))

    def test_the_stub_is_the_end_of_a_full_period(self):
        for schedule in self.schedules:
            first = schedule.base + 1
            _start, end = schedule.get_full_period(first)
            self.assertEqual(schedule.get_period(first)[1], end)
            full = [schedule.get_full_period(first + n) for n in (1, 2)]
            self.assertEqual(full, [schedule.get_period(first + n) for n in (1, 2)])
