"""Forecasts of one series of demand: pure functions, without the ORM and libraries.

A method takes the values so far and how many to foresee. Which one is used is decided
by what it would have said before (:func:`choose`): the methods compete on one part of
the past, and the winner is measured on the last part, which had no say in choosing it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

# Fewer periods, or fewer of them with demand, say nothing.
MIN_PERIODS = 8
MIN_DEMANDS = 4
# From so many periods between two demands on, demand is called intermittent.
INTERMITTENT = 1.32
# So many past moments are looked back from when methods compete.
ORIGINS = 6
# A method that learns seasons needs one and this many periods more.
AFTER_SEASON = 2
# The band holds so much of the errors made before.
BAND = 0.8

STEPS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
DAMPING = 0.9


def mean(values):
    return sum(values) / len(values) if values else 0.0


# === Methods === #


def last(values, horizon):
    """The naive one: as it was."""
    return [values[-1]] * horizon


def season_before(season):
    """Return the other naive one: as it was a season ago."""

    def method(values, horizon):
        return [values[step % season - season] for step in range(horizon)]

    return method


def average(values, horizon):
    return [mean(values[-6:])] * horizon


def smooth(values, horizon):
    """Simple exponential smoothing; the step with the least error so far."""
    best = min((_smooth(values, step) for step in STEPS), key=lambda found: found[0])
    return [best[1]] * horizon


def _smooth(values, step):
    level, error = values[0], 0.0
    for value in values[1:]:
        error += (value - level) ** 2
        level += step * (value - level)
    return error, level


def trend(values, horizon):
    """Holt's method with a damped trend."""
    tried = (_trend(values, a, b) for a in STEPS for b in (0.05, 0.1, 0.3))
    _error, level, slope = min(tried)
    found, damped = [], 0.0
    for step in range(1, horizon + 1):
        damped += DAMPING**step
        found.append(max(level + damped * slope, 0.0))
    return found


def _trend(values, a, b):
    level, slope, error = values[0], 0.0, 0.0
    for value in values[1:]:
        expected = level + DAMPING * slope
        error += (value - expected) ** 2
        before, level = level, expected + a * (value - expected)
        slope = b * (level - before) + (1 - b) * DAMPING * slope
    return error, level, slope


def theta(values, horizon):
    """Smoothing with half of the linear trend (Assimakopoulos, Nikolopoulos 2000)."""
    count = len(values)
    middle, height = (count - 1) / 2, mean(values)
    spread = sum((place - middle) ** 2 for place in range(count))
    rise = sum((place - middle) * (v - height) for place, v in enumerate(values))
    slope = rise / spread if spread else 0.0
    level = smooth(values, 1)[0]
    return [max(level + slope / 2 * step, 0.0) for step in range(1, horizon + 1)]


def seasons(season):
    """Return Holt and Winters' method: level, trend and factors of a season."""

    def method(values, horizon):
        steps = (0.1, 0.3, 0.6)
        tried = (
            _seasons(values, season, a, b, c)
            for a in steps
            for b in (0.0, 0.1)
            for c in steps
        )
        _error, level, slope, factors = min(tried, key=lambda found: found[0])
        count = len(values)
        return [
            max((level + slope * (step + 1)) * factors[(count + step) % season], 0.0)
            for step in range(horizon)
        ]

    return method


def _seasons(values, season, a, b, c):
    level = mean(values[:season]) or 1.0
    later = values[season:]
    slope = (mean(later) - mean(values[: len(later)])) / season if later else 0.0
    slope = slope if len(later) >= season else 0.0
    factors = [value / level for value in values[:season]]
    error = 0.0
    for place in range(season, len(values)):
        value, factor = values[place], factors[place % season]
        error += (value - (level + slope) * factor) ** 2
        before = level
        level += slope
        if factor > 0:
            level += a * (value / factor - level)
        level = max(level, 1e-9)
        slope = b * (level - before) + (1 - b) * slope
        factors[place % season] = c * value / level + (1 - c) * factor
    return error, level, slope, factors


def croston(values, horizon):
    """Size and distance of rare demands apart, with Syntetos and Boylan's correction."""
    step = 0.1
    sizes = [value for value in values if value > 0]
    if not sizes:
        return [0.0] * horizon
    size, distance, since = sizes[0], len(values) / len(sizes), 1
    for value in values:
        if value > 0:
            size += step * (value - size)
            distance += step * (since - distance)
            since = 0
        since += 1
    return [(1 - step / 2) * size / distance] * horizon


def adjusted(method, factors_at):
    """Return the method applied to what is left when known factors are taken out.

    :param factors_at: function of the number of values known, gives the factors of
        these and of the periods to come as they were known at that moment
    """

    def run(values, horizon):
        factors = factors_at(len(values), horizon)
        plain = [value / factor for value, factor in zip(values, factors, strict=False)]
        ahead = factors[len(values) :]
        found = method(plain, horizon)
        return [value * factor for value, factor in zip(found, ahead, strict=True)]

    return run


# === Looking back === #


def look_back(method, values, origins, horizon, end):
    """Return [(forecast, actual)] of each past moment; ``end`` is not looked beyond."""
    pairs = []
    for origin in origins:
        steps = min(horizon, end - origin)
        found = method(values[:origin], steps)
        pairs += zip(found, values[origin : origin + steps], strict=True)
    return pairs


def absolute(pairs):
    return sum(abs(forecast - actual) for forecast, actual in pairs)


def squared(pairs):
    return sum((forecast - actual) ** 2 for forecast, actual in pairs)


def wape(pairs):
    """Return the error in percent of what was sold, or None if nothing was."""
    total = sum(actual for _forecast, actual in pairs)
    return 100 * absolute(pairs) / total if total else None


@dataclass
class Choice:
    """The chosen method, what it foresees and how wrong it was.

    ``wape`` and ``wape_naive`` are in percent of what was sold in the last part of the
    past; ``mase`` is relative to the error of the naive method before it (1 is equal);
    ``bias`` in percent says whether too much (above 0) or too little was foreseen.
    """

    method: str
    values: list
    low: list = field(default_factory=list)
    high: list = field(default_factory=list)
    error: float = 0.0
    wape: float | None = None
    wape_naive: float | None = None
    mase: float | None = None
    bias: float | None = None
    intermittent: bool = False

    @property
    def measured(self):
        return self.wape is not None


def choose(values, ahead, horizon, season, factors_at=None):
    """Choose a method by its errors in the past and foresee with it.

    :param list values: demand of each past period, the oldest first
    :param int ahead: how many periods to foresee
    :param int horizon: how far ahead methods are judged
    :param int season: periods of a year
    :param factors_at: see :func:`adjusted`; None: no seasonal factors are known
    :return: :class:`Choice`
    """
    demands = sum(value > 0 for value in values)
    if len(values) < MIN_PERIODS or demands < MIN_DEMANDS:
        return Choice("few", [mean(values)] * ahead)
    rare = len(values) / demands > INTERMITTENT
    # The last part of the past is kept for measuring alone.
    known = len(values) - horizon
    seasonal = known >= season + AFTER_SEASON + horizon
    first = max(season + AFTER_SEASON if seasonal else 3, known - ORIGINS)
    past = range(first, known)
    naive = _get_naive(season, seasonal)
    rivals = _get_rivals(season, seasonal, rare, factors_at)
    judge = squared if rare else absolute

    def best(methods):
        tried = {
            name: look_back(method, values, past, horizon, known)
            for name, method in methods.items()
        }
        # Rounded: the dust of calculating decides nothing, the order does.
        return min(tried, key=lambda name: round(judge(tried[name]), 6)), tried

    benchmark, before = best(naive)
    name, tried = best(rivals)
    held = range(known, len(values))
    kept = look_back(naive[benchmark], values, held, horizon, len(values))
    pairs = look_back(rivals[name], values, held, horizon, len(values))
    errors, easy = tried[name] + pairs, before[benchmark] + kept
    # Over all of the past: the last part alone may lack the season that counts.
    if round(judge(errors) - judge(easy), 6) > 0 and not rare:
        # The naive one is better: it is used, and everybody sees that.
        name, rivals, pairs, errors = benchmark, naive, kept, easy
    return _describe(
        Choice(name, rivals[name](values, ahead), intermittent=rare),
        errors,
        pairs,
        kept,
        _get_scale(values[:known], season if seasonal else 1),
        horizon,
    )


def _get_naive(season, seasonal) -> dict[str, Callable]:
    found = {"last": last}
    if seasonal:
        found["season_before"] = season_before(season)
    return found


def _get_rivals(season, seasonal, rare, factors_at) -> dict[str, Callable]:
    """Return {name: method}; among equals the first one wins."""
    if rare:
        plain = {"croston": croston, "average": average}
    else:
        plain = {"smooth": smooth, "trend": trend, "theta": theta, "average": average}
    found = dict(plain)
    for name, method in plain.items() if factors_at else ():
        found[f"{name}_adjusted"] = adjusted(method, factors_at)
    if seasonal and not rare:
        found["seasons"] = seasons(season)
    return found


def _get_scale(values, lag):
    """Return how wrong the naive method was in the past the others were chosen by."""
    return mean([abs(v - w) for v, w in zip(values[lag:], values, strict=False)])


def _describe(choice, errors, pairs, kept, scale, horizon):
    choice.wape, choice.wape_naive = wape(pairs), wape(kept)
    if choice.wape is None:
        # Nothing was sold lately: no percent of it can be told.
        return choice
    total = sum(actual for _forecast, actual in pairs)
    choice.mase = absolute(pairs) / len(pairs) / scale if scale else None
    choice.bias = 100 * (sum(f for f, _actual in pairs) - total) / total
    sizes = sorted(abs(forecast - actual) for forecast, actual in errors)
    choice.error = mean(sizes)
    width = sizes[min(math.ceil(BAND * len(sizes)), len(sizes)) - 1]
    for step, value in enumerate(choice.values, start=1):
        grown = width * math.sqrt(max(step / horizon, 1.0))
        choice.low.append(max(value - grown, 0.0))
        choice.high.append(value + grown)
    return choice


# === Seasons === #


def get_season_factors(values, first_month):
    """Return {month: factor} of monthly demand, relative to the average of a year.

    Each month is compared with the year around it, so growth is no season.

    :param list values: demand of each month, the oldest first
    :param int first_month: month (1 to 12) of the first value
    :return: empty with less than two years
    """
    if len(values) < 24:
        return {}
    ratios = {}
    for place in range(6, len(values) - 6):
        around = values[place - 6 : place + 7]
        level = (sum(around) - (around[0] + around[-1]) / 2) / 12
        if level > 0:
            month = (first_month - 1 + place) % 12 + 1
            ratios.setdefault(month, []).append(values[place] / level)
    if len(ratios) < 12:
        return {}
    factors = {month: mean(found) for month, found in ratios.items()}
    level = mean(list(factors.values()))
    return {month: factor / level for month, factor in factors.items()} if level else {}
