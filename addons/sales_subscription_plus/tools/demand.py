"""How much a customer will need, from what he used: pure functions, without Odoo."""

# How fast level and trend follow what is new.
ALPHA = BETA = 0.5


def forecast(history: list, method: str) -> float:
    """Return what comes next.

    :param history: amounts used, the oldest first; at least one
    :param method: ``mean``, or ``trend``: level and slope, the newest counting most
    """
    if method == "mean" or len(history) < 2:
        return sum(history) / len(history)
    level, slope = history[0], history[1] - history[0]
    for used in history[1:]:
        before = level
        level = ALPHA * used + (1 - ALPHA) * (level + slope)
        slope = BETA * (level - before) + (1 - BETA) * slope
    return max(level + slope, 0.0)


def measure(history: list, method: str) -> tuple:
    """Return (mean error of the forecast, mean error of the last value) over history.

    Each amount from the third on is foretold from those before it alone.
    """
    ours, naive = [], []
    for number in range(2, len(history)):
        ours.append(abs(forecast(history[:number], method) - history[number]))
        naive.append(abs(history[number - 1] - history[number]))
    if not ours:
        return 0.0, 0.0
    return sum(ours) / len(ours), sum(naive) / len(naive)


def suggest(
    wanted: float,
    current: float,
    lowest: float = 0.0,
    highest: float = 0.0,
    max_percent: float = 100.0,
    step: float = 1.0,
) -> float:
    """Return the quantity next to ``wanted`` that keeps to the limits.

    :param highest: 0 for no limit
    :param max_percent: how far it may move from ``current`` at once
    :param step: quantities are multiples of it
    """
    low = max(current * (1 - max_percent / 100), lowest, step)
    high = current * (1 + max_percent / 100)
    high = min(high, highest) if highest else high
    if low > high:
        return current
    count = round(min(max(wanted, low), high) / step)
    # Binary dust of the limits must not cost a step.
    if count * step > high + 1e-9:
        count -= 1
    elif count * step < low - 1e-9:
        count += 1
    return count * step if low - 1e-9 <= count * step <= high + 1e-9 else current
