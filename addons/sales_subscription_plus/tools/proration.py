"""Prices of parts of a period, to the day: pure functions, without Odoo.

A price is laid over the days of the full period it is for. What a span of days
costs is what is owed at its end less what is owed at its beginning, both rounded.
So pieces that follow each other always add up to the price, whatever the cuts, and
each of them is within one smallest unit of its exact share.
"""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

DAY = timedelta(days=1)


def round_money(amount, digits: int) -> Decimal:
    """Round half away from zero to ``digits`` decimals.

    :param amount: int, float, Decimal or Fraction; a float counts as its short text
    """
    if isinstance(amount, Fraction):
        unit = 10**digits
        scaled = abs(amount) * unit
        whole = Decimal(int(scaled + Fraction(1, 2)))
        return (whole if amount >= 0 else -whole).scaleb(-digits)
    exact = Decimal(repr(amount)) if isinstance(amount, float) else Decimal(amount)
    return exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def get_piece(
    price, period: tuple[date, date], first: date, last: date, digits: int
) -> Decimal:
    """Return what the days ``first`` to ``last`` of a period cost.

    :param price: price of the full period
    :param period: first and last day of the full period, both part of it
    :param first: first day of the piece; days outside the period cost nothing
    :param last: last day of the piece, part of it
    :param digits: decimals of the currency
    """
    start, end = period
    total = (end - start).days + 1
    before = min(max((first - start).days, 0), total)
    until = min(max((last + DAY - start).days, before), total)
    exact = Fraction(round_money(price, digits))
    owed = [round_money(exact * days / total, digits) for days in (before, until)]
    return owed[1] - owed[0]


def get_share(price, period: tuple[date, date], first: date, last: date) -> Fraction:
    """Return what the days ``first`` to ``last`` of a period cost, not rounded.

    The parameters are those of :func:`get_piece`.
    """
    start, end = period
    days = max((min(last, end) - max(first, start)).days + 1, 0)
    exact = Decimal(repr(price)) if isinstance(price, float) else Decimal(price)
    return Fraction(exact) * days / ((end - start).days + 1)


def allocate(amount, weights: list, digits: int) -> list[Decimal]:
    """Split ``amount`` by ``weights`` so that the parts add up (largest remainder).

    :param weights: numbers, none negative; all zero counts as all equal
    """
    if not weights:
        return []
    unit = Decimal(1).scaleb(-digits)
    left = int(round_money(amount, digits) / unit)
    sign, left = (-1 if left < 0 else 1), abs(left)
    exact = [Fraction(repr(one) if isinstance(one, float) else one) for one in weights]
    total = sum(exact)
    if not total:
        exact, total = [Fraction(1)] * len(weights), Fraction(len(weights))
    shares = [left * one / total for one in exact]
    parts = [int(share) for share in shares]
    by_rest = sorted(
        range(len(parts)), key=lambda index: (parts[index] - shares[index], index)
    )
    for index in by_rest[: left - sum(parts)]:
        parts[index] += 1
    return [sign * part * unit for part in parts]
