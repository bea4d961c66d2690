"""Calendar feeds (RFC 5545) of all-day events: pure functions, without Odoo."""

from datetime import date, datetime, timedelta

LINE_BYTES = 75


def build_feed(name: str, stamp: datetime, events: list) -> str:
    """Return a calendar that programs can subscribe to.

    :param name: what the calendar is called
    :param stamp: when it was made, in UTC
    :param events: dicts with ``uid``, ``day`` (date), ``summary`` and ``text``
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Sales Order Plus//Subscriptions//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escape(name)}",
    ]
    for event in events:
        lines += _build_event(stamp, **event)
    lines.append("END:VCALENDAR")
    return "".join(f"{fold(line)}\r\n" for line in lines)


def _build_event(stamp: datetime, uid: str, day: date, summary: str, text: str = ""):
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{escape(summary)}",
        *([f"DESCRIPTION:{escape(text)}"] if text else []),
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def escape(text: str) -> str:
    """Return the text as a value: backslash, separators and line breaks escaped."""
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,")):
        text = text.replace(plain, escaped)
    return "\\n".join(text.splitlines())


def fold(line: str) -> str:
    """Break a line so that no part is longer than 75 bytes, never inside a letter."""
    parts, part, size = [], "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > LINE_BYTES:
            parts.append(part)
            # The space that continues a line counts as well.
            part, size = "", 1
        part += letter
        size += width
    return "\r\n ".join([*parts, part])
