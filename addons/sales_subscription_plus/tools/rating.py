"""What a quantity costs in a table of prices: pure functions, without Odoo.

A tier is (``up_to``, ``unit_price``, ``flat_fee``): it holds for quantities up to
and including ``up_to``; None has no end. Tiers are sorted and the last has no end.
"""

from decimal import ROUND_CEILING, Decimal

MODELS = ("flat", "per_unit", "graduated", "volume", "stairstep", "package")


def rate(model: str, quantity, price=0, tiers=(), package=1) -> Decimal:
    """Return the price of ``quantity``, not rounded.

    :param model: ``flat``: ``price`` whatever the quantity; ``per_unit``: ``price``
        each; ``graduated``: each unit at the price of its own tier; ``volume``: all
        units at the price of the tier the quantity lies in; ``stairstep``: the flat
        fee of that tier alone; ``package``: ``price`` for each begun package
    :param quantity: none or more; nothing costs nothing, except ``flat``
    :param tiers: see above
    :param package: units of a package
    :raise ValueError: if the model is unknown, or needs tiers and has none
    """
    quantity, price = _exact(quantity), _exact(price)
    if model == "flat":
        return price
    if model not in MODELS:
        raise ValueError(f"unknown model {model!r}")
    if quantity <= 0:
        return Decimal(0)
    if model == "per_unit":
        return quantity * price
    if model == "package":
        packages = (quantity / _exact(package)).to_integral_value(ROUND_CEILING)
        return packages * price
    if not tiers:
        raise ValueError(f"{model} needs tiers")
    if model == "graduated":
        return _rate_graduated(quantity, tiers)
    _up_to, unit_price, flat_fee = _find_tier(quantity, tiers)
    if model == "stairstep":
        return _exact(flat_fee)
    return quantity * _exact(unit_price) + _exact(flat_fee)


def _rate_graduated(quantity, tiers):
    total = below = Decimal(0)
    for up_to, unit_price, flat_fee in tiers:
        top = quantity if up_to is None else min(quantity, _exact(up_to))
        if top <= below:
            break
        total += (top - below) * _exact(unit_price) + _exact(flat_fee)
        below = top
    return total


def _find_tier(quantity, tiers):
    for tier in tiers:
        if tier[0] is None or quantity <= _exact(tier[0]):
            return tier
    return tiers[-1]


def _exact(number):
    return Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
