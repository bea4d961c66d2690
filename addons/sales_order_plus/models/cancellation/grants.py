"""What the running code may cancel, and why; out of reach of any caller.

A context key comes from the client; these live in the running code alone.
"""

from contextvars import ContextVar
from dataclasses import dataclass

from ..seam.granted import granted

# Orders that the running code may cancel.
_CANCELLING = ContextVar("sales_cancelling", default=frozenset())
# Why the running code cancels.
_BECAUSE = ContextVar("sales_cancel_because", default=None)


@dataclass(frozen=True)
class Because:
    """Why orders are cancelled, and how somebody asked for it."""

    reason_id: int
    note: str = ""
    channel: str = "staff"


def cancelling(orders):
    """Let the enclosed code cancel the confirmed ``orders``."""
    return granted(_CANCELLING, _CANCELLING.get() | frozenset(orders.ids))


def may_cancel(order_id):
    """Return whether the running code may cancel this confirmed order."""
    return order_id in _CANCELLING.get()


def because(reason, note="", channel="staff"):
    """Let the enclosed code cancel for ``reason``; empty: none is given."""
    return granted(_BECAUSE, reason and Because(reason.id, note or "", channel) or None)


def get_because():
    """Return the :class:`Because` of the running code, or None."""
    return _BECAUSE.get()
