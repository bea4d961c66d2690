"""The schedule of a subscription: periods that may begin on a fixed day.

A schedule adds two things to the calendar. It may begin with a short period (a
stub) that ends the day before the first fixed day, and its numbers may go on from
an older schedule (``base``) after the rhythm was changed.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from . import calendar

DAY = timedelta(days=1)


def get_first_anchor(
    start: date, mode: str, day: int = 1, weekday: int = 0, month: int = 1
) -> date:
    """Return the first fixed day on or after ``start``.

    :param mode: ``start`` (no fixed day), ``month_day``, ``weekday`` or ``year_day``
    :param day: day of the month; 31 means the last day of every month
    :param weekday: 0 is Monday
    :param month: month of the year, for ``year_day``
    :raise ValueError: if the mode is unknown
    """
    if mode == "start":
        return start
    if mode == "weekday":
        return start + timedelta(days=(weekday - start.weekday()) % 7)
    if mode == "month_day":
        first, step = start + relativedelta(day=day), relativedelta(months=1, day=day)
    elif mode == "year_day":
        first = start + relativedelta(month=month, day=day)
        step = relativedelta(years=1, day=day)
    else:
        raise ValueError(f"unknown mode {mode!r}")
    return first if first >= start else first + step


@dataclass(frozen=True)
class Schedule:
    """Periods of ``count`` × ``unit``, numbered from ``base + 1``.

    :param start: first day of the first period
    :param anchor: first day of the first full period; later than ``start`` if there
        is a stub
    :param day: day of the month boundaries fall on where it exists; None takes the
        anchor's own
    """

    start: date
    anchor: date
    count: int
    unit: str
    day: int | None = None
    base: int = 0

    @classmethod
    def build(
        cls,
        start: date,
        count: int,
        unit: str,
        mode: str = "start",
        base: int = 0,
        **fixed,
    ) -> "Schedule":
        """Return the schedule from ``start`` whose first fixed day comes soonest.

        :param mode: see :func:`get_first_anchor`, also for ``fixed``
        """
        anchor = get_first_anchor(start, mode, **fixed)
        day = fixed.get("day") if mode in ("month_day", "year_day") else None
        schedule = cls(start, anchor, count, unit, day, base)
        # Quarters from 1 January begin on 1 April too.
        while mode == "year_day" and schedule.get_boundary(-1) >= start:
            schedule = replace(schedule, anchor=schedule.get_boundary(-1))
        return schedule

    @property
    def has_stub(self) -> bool:
        return self.start < self.anchor

    def get_boundary(self, number: int) -> date:
        """Return boundary ``number``; 0 is the anchor, -1 begins the stub's month."""
        boundary = calendar.get_boundary(self.anchor, self.count, self.unit, number)
        if self.day and self.unit in calendar.MONTHS:
            boundary += relativedelta(day=self.day)
        return boundary

    def get_period(self, number: int) -> tuple[date, date] | None:
        """Return (first day, last day) of period ``number``; None below the base."""
        index = self._get_index(number)
        if index is None:
            return None
        start = self.start if index < 0 else self.get_boundary(index)
        return start, self.get_boundary(index + 1) - DAY

    def get_full_period(self, number: int) -> tuple[date, date] | None:
        """Return the full period that period ``number`` is, or the stub is part of."""
        index = self._get_index(number)
        if index is None:
            return None
        return self.get_boundary(index), self.get_boundary(index + 1) - DAY

    def get_number(self, day: date) -> int:
        """Return the number of the period ``day`` lies in; the base before them."""
        if day < self.start:
            return self.base
        if day < self.anchor:
            return self.base + 1
        days = (day - self.anchor).days
        index = int(days / (calendar.MEAN_DAYS[self.unit] * self.count))
        while index and self.get_boundary(index) > day:
            index -= 1
        while self.get_boundary(index + 1) <= day:
            index += 1
        return self.base + index + 1 + self.has_stub

    def _get_index(self, number):
        """Return the boundary period ``number`` begins at; -1 for the stub."""
        index = number - self.base - 1 - self.has_stub
        return None if number <= self.base else index
