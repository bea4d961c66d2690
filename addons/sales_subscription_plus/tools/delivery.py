"""On which day something is delivered: pure functions, without Odoo."""

from datetime import date, timedelta

DAY = timedelta(days=1)
# Nobody is away for longer: days looked through.
LONGEST = 800


def is_away(day: date, away: tuple) -> bool:
    """Return whether ``day`` lies in ``away``, a pair of days or of None."""
    first, last = away
    return bool(first and last and first <= day <= last)


def find_day(day: date, weekdays: frozenset, away: tuple) -> date:
    """Return the first day from ``day`` on that suits the customer.

    :param weekdays: those he takes deliveries on, 0 is Monday; empty: all
    :param away: (first day, last day) of his absence, or (None, None)
    """
    for _step in range(LONGEST):
        if is_away(day, away):
            day = away[1] + DAY
        elif weekdays and day.weekday() not in weekdays:
            day += DAY
        else:
            return day
    return day
