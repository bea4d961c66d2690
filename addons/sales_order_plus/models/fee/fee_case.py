from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FeeCase:
    """What a fee is charged for.

    :param on: ``cancel`` or ``return``
    :param reason: reason of the cancellation or the return
    :param days_after: days since the confirmation or the delivery
    :param days_before: days before the planned delivery; None: it has no date
    """

    on: str
    reason: Any
    days_after: float
    days_before: float | None = None
