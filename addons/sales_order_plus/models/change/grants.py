"""Grants for the code of this concern, out of reach of any caller.

A context key comes from the client; these live in the running code alone.
"""

from contextvars import ContextVar

from ..seam.granted import granted

# Confirmed orders that the running code may change.
_APPLYING = ContextVar("sales_change_applying", default=frozenset())
# Orders with a higher id are being created by the running code.
_CREATING_AFTER = ContextVar("sales_change_creating_after", default=None)


def applying(orders):
    """Let the enclosed code change the confirmed ``orders``."""
    return granted(_APPLYING, _APPLYING.get() | frozenset(orders.ids))


def creating_after(order_id):
    """Let the enclosed code write orders that are younger than ``order_id``."""
    return granted(_CREATING_AFTER, order_id)


def may_change(order_id):
    """Return whether the running code may change this confirmed order."""
    newest = _CREATING_AFTER.get()
    return order_id in _APPLYING.get() or (newest is not None and order_id > newest)
