"""Calendar of recurring periods: pure functions on dates, without Odoo.

A calendar is an anchor date and an interval (``count`` × ``unit``). Boundary
``k`` is ``anchor + k·interval``, always reckoned from the anchor and clamped to
the length of the month, so that 31 January gives 28 February, 31 March and
30 April. Reckoning each boundary from the one before would stay on the 28th.
"""

from datetime import date, datetime, timedelta

import pytz
from dateutil.relativedelta import relativedelta

DAYS = {"day": 1, "week": 7}
MONTHS = {"month": 1, "quarter": 3, "year": 12}
# Mean length in days of a unit, only to start a search close to its end.
MEAN_DAYS = {**DAYS, **{unit: 30.436875 * months for unit, months in MONTHS.items()}}


def get_boundary(anchor: date, count: int, unit: str, number: int) -> date:
    """Return boundary ``number`` of the calendar.

    :param anchor: first day of the first period
    :param count: units an interval, at least 1
    :param unit: day, week, month, quarter or year
    :param number: 0 is the anchor itself; negative numbers lie before it
    :raise ValueError: if ``count`` or ``unit`` is no interval
    """
    if count < 1:
        raise ValueError(f"an interval has at least one unit, not {count}")
    if unit in DAYS:
        return anchor + timedelta(days=DAYS[unit] * count * number)
    if unit in MONTHS:
        return anchor + relativedelta(months=MONTHS[unit] * count * number)
    raise ValueError(f"unknown unit {unit!r}")


def get_utc_midnight(day: date, tz: str) -> datetime:
    """Return when ``day`` begins in time zone ``tz``, as Odoo stores it.

    Days have 23 or 25 hours where the clock changes. Where midnight itself does not
    exist, the day begins with the first moment that does.
    """
    zone = pytz.timezone(tz)
    midnight = datetime.combine(day, datetime.min.time())
    try:
        local = zone.localize(midnight, is_dst=None)
    except pytz.NonExistentTimeError:
        local = zone.normalize(zone.localize(midnight, is_dst=True))
        while local.date() < day:
            local = zone.normalize(local + timedelta(minutes=15))
    except pytz.AmbiguousTimeError:
        local = zone.localize(midnight, is_dst=True)
    return local.astimezone(pytz.utc).replace(tzinfo=None)
