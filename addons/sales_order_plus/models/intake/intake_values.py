"""Reading the cells of a file: numbers, dates, references. Knows nothing of Odoo."""

import math
import re
from datetime import datetime, timedelta

from ..seam.moments import get_moment

CELL_LIMIT = 32767
# What is looked up has an index, and PostgreSQL indexes no more than 2,704 bytes.
REFERENCE_LIMIT = 500
# The wide ones are what an East Asian spreadsheet takes for a formula.
FORMULA_START = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# More than any order has; beyond it a number is a slip or an attack.
NUMBER_LIMIT = 1e12
YEARS = range(1900, 2101)

_DECIMAL = {
    ".": re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)?(\.\d*)?([eE][+-]?\d{1,3})?"),
    ",": re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+)?(,\d*)?([eE][+-]?\d{1,3})?"),
}
_COMMA_DECIMAL = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),(\d{1,2}|\d{4,})")
_DOT_DECIMAL = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)\.(\d{1,2}|\d{4,})")
_TIME = r"(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?"
_YMD = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}")
_XXY = re.compile(rf"(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}}|\d{{2}}){_TIME}")
_FLOAT_REFERENCE = re.compile(r"(\d+)\.0")


class CellError(ValueError):
    """A cell that cannot be read.

    :param str reason: a reason code of ``sales.order.import.row``
    """

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


def parse_number(text, decimal="."):
    """Return the finite float written in ``text`` with that decimal separator.

    :param str text: such as ``1,234.50``, ``£2.55`` or ``6``
    :param str decimal: ``.`` or ``,``; the other one groups thousands
    :raise CellError: ``bad_number`` (also for NaN, infinity and absurd sizes)
    """
    bare = re.sub(r"[\s\u00a0\u202f'’£€$]", "", text)
    if not any(c.isdigit() for c in bare) or not _DECIMAL[decimal].fullmatch(bare):
        raise CellError("bad_number")
    group = "," if decimal == "." else "."
    number = float(bare.replace(group, "").replace(decimal, "."))
    if not math.isfinite(number) or abs(number) > NUMBER_LIMIT:
        raise CellError("bad_number")
    return number


def detect_decimal(samples):
    """Return the decimal separator the numbers in ``samples`` are written with."""
    commas = sum(bool(_COMMA_DECIMAL.fullmatch(text.strip())) for text in samples)
    dots = sum(bool(_DOT_DECIMAL.fullmatch(text.strip())) for text in samples)
    return "," if commas > dots else "."


def parse_date(text, date_format, tz):
    """Return the moment written in ``text`` as a naive datetime in UTC.

    :param str text: a date, or a date and a time; without an offset it is local
    :param str date_format: ``ymd``, ``dmy`` or ``mdy``
    :param str tz: name of the time zone of local times
    :raise CellError: ``bad_date`` (wrong order of the parts, 31/02, odd years)
    """
    match = (_YMD if date_format == "ymd" else _XXY).fullmatch(text.strip())
    if not match:
        raise CellError("bad_date")
    first, second, third, hour, minute, second_of_minute, offset = match.groups()
    parts = {
        "ymd": (first, second, third),
        "dmy": (third, second, first),
        "mdy": (third, first, second),
    }[date_format]
    year, month, day = (int(part) for part in parts)
    try:
        local = datetime(  # noqa: DTZ001 the zone is added below
            year + 2000 if len(parts[0]) == 2 else year,
            month,
            day,
            int(hour or 0),
            int(minute or 0),
            int(second_of_minute or 0),
        )
    except ValueError as error:
        raise CellError("bad_date") from error
    if local.year not in YEARS:
        raise CellError("bad_date")
    return _to_utc(local, offset, tz)


def _to_utc(local, offset, tz):
    if offset == "Z":
        return local
    if offset:
        sign = -1 if offset[0] == "-" else 1
        hours, minutes = int(offset[1:3]), int(offset[-2:])
        return local - sign * timedelta(hours=hours, minutes=minutes)
    return get_moment(local.date(), local.time(), tz)


def detect_date_format(samples, default="dmy"):
    """Return how the dates in ``samples`` are written: ``ymd``, ``dmy`` or ``mdy``.

    :param str default: the answer where every sample could be either
    """
    samples = [text for text in samples if text.strip()]
    fits = {
        date_format: sum(_is_date(text, date_format) for text in samples)
        for date_format in ("ymd", "dmy", "mdy")
    }
    best = max(fits.values())
    return default if fits[default] == best else max(fits, key=fits.get)


def _is_date(text, date_format):
    try:
        parse_date(text, date_format, "UTC")
    except CellError:
        return False
    return True


def clean_text(text):
    """Return the text without surrounding blanks and without our own quoting."""
    text = text.strip()
    if text[:1] == "'" and text[1:2] in FORMULA_START:
        text = text[1:]
    return text


def clean_reference(text):
    """Return a reference as people write it: spreadsheets make 17850 to 17850.0."""
    text = clean_text(text)
    match = _FLOAT_REFERENCE.fullmatch(text)
    return match[1] if match else text


def neutralise(text):
    """Return the text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_START) else text
