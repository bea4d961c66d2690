"""Recurring revenue reckoned to a month: pure functions, without Odoo."""

DAYS_A_MONTH = 365.25 / 12
# Periods of one unit in a month.
PER_MONTH = {
    "day": DAYS_A_MONTH,
    "week": DAYS_A_MONTH / 7,
    "month": 1.0,
    "quarter": 1 / 3,
    "year": 1 / 12,
}


def get_monthly(amount: float, count: int, unit: str) -> float:
    """Return what ``amount`` every ``count`` units comes to in a month."""
    return amount * PER_MONTH[unit] / count


def get_kind(before: dict | None, after: dict) -> str:
    """Return what the movement from one standing to the next is called.

    :param before: ``amount``, ``units``, ``plan`` and ``kind`` after the last movement;
        None before the first one
    :param after: ``amount``, ``units``, ``plan`` and ``state`` now
    """
    if before is None:
        return "new"
    if after["state"] in ("cancelled", "expired"):
        return "churn"
    if after["state"] == "paused":
        return "pause"
    if before["kind"] in ("churn", "pause"):
        return "resume" if before["kind"] == "pause" else "reactivation"
    same = (before["units"], before["plan"]) == (after["units"], after["plan"])
    if same:
        return "price"
    return "expansion" if after["amount"] > before["amount"] else "contraction"
