"""When a customer runs out: pure functions on the days he bought, without Odoo."""

from datetime import date, timedelta
from statistics import median

# Fewer gaps tell nothing.
FEWEST_GAPS = 2


def get_gaps(days: list) -> list:
    """Return the days from each purchase to the next; days may come in any order."""
    ordered = sorted(set(days))
    return [
        (after - before).days
        for before, after in zip(ordered, ordered[1:], strict=False)
    ]


def predict(days: list, safety: int = 0, lowest: int = 0, highest: int = 0):
    """Return the day of the next delivery, or None if too little is known.

    :param safety: days before he is expected to run out
    :param lowest: fewest days from the last purchase
    :param highest: most days from it; 0 for no limit
    """
    gaps = get_gaps(days)
    if len(gaps) < FEWEST_GAPS:
        return None
    wait = max(round(median(gaps)) - safety, lowest, 1)
    return max(days) + timedelta(days=min(wait, highest) if highest else wait)


def measure(days: list) -> float | None:
    """Return by how many days each purchase was missed on average, None if untested.

    Each is foretold from those before it alone.
    """
    ordered = sorted(set(days))
    errors = []
    for number in range(FEWEST_GAPS + 1, len(ordered)):
        found: date | None = predict(ordered[:number])
        if found:
            errors.append(abs((found - ordered[number]).days))
    return sum(errors) / len(errors) if errors else None
