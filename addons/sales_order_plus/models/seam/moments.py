"""Moments between the clock of a place and UTC, which is what Odoo stores."""

from datetime import date, datetime, time

import pytz


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
