"""When revenue of a span of days is earned, to the day: pure functions, without Odoo."""

from calendar import monthrange
from datetime import date, timedelta

DAY = timedelta(days=1)


def get_month_end(day: date) -> date:
    """Return the last day of the month of ``day``."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def get_slices(first: date, last: date, floor: date) -> list[tuple[date, date, date]]:
    """Cut the days ``first`` to ``last`` where months end.

    :param first: first day of the service
    :param last: last day of the service, part of it
    :param floor: day of the invoice; what was earned before goes into its month
    :return: (day of the entry, first day, last day) of each slice, in order; days of
        entries are ends of months, and no two are the same
    """
    slices = []
    while first <= last:
        end = min(get_month_end(first), last)
        entry = get_month_end(max(end, floor))
        if slices and slices[-1][0] == entry:
            slices[-1] = (entry, slices[-1][1], end)
        else:
            slices.append((entry, first, end))
        first = end + DAY
    return slices
