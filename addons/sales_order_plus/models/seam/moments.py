"""Moments between the clock of a place and UTC, which is what Odoo stores."""

from datetime import date, datetime, time

import pytz

# As Python counts them: date.weekday(), date.month.
WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]
MONTHS = [
    ("1", "January"),
    ("2", "February"),
    ("3", "March"),
    ("4", "April"),
    ("5", "May"),
    ("6", "June"),
    ("7", "July"),
    ("8", "August"),
    ("9", "September"),
    ("10", "October"),
    ("11", "November"),
    ("12", "December"),
]


def get_local(moment: datetime, tz: str | None) -> datetime:
    """Return a moment as the clock of a place shows it, with its time zone.

    :param moment: naive date and time in UTC
    :param tz: IANA name, such as Europe/London; empty: UTC
    """
    return pytz.utc.localize(moment).astimezone(pytz.timezone(tz or "UTC"))


def get_moment(day: date, clock: time, tz: str | None) -> datetime:
    """Return when the clock of a place shows ``clock`` on ``day``.

    :param tz: IANA name; empty: UTC
    :return: naive date and time in UTC
    """
    zone = pytz.timezone(tz or "UTC")
    local = zone.localize(datetime.combine(day, clock))
    return local.astimezone(pytz.utc).replace(tzinfo=None)
