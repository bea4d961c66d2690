"""Grants for the code of this concern, out of reach of any caller.

A context key comes from the client; these live in the running code alone.
"""

from contextlib import contextmanager
from contextvars import ContextVar

# Whether the issued content of proformas is being written by the product itself.
_WRITING = ContextVar("sales_proforma_writing", default=False)
# Orders whose confirmation is running: what Odoo writes then is no change of terms.
_CONFIRMING = ContextVar("sales_signature_confirming", default=frozenset())


@contextmanager
def writing_proforma():
    """Let the enclosed code write the protected fields of proformas."""
    token = _WRITING.set(True)
    try:
        yield
    finally:
        _WRITING.reset(token)


def is_writing_proforma():
    """Return whether the product itself is writing proformas."""
    return _WRITING.get()


@contextmanager
def confirming(orders):
    """Let the enclosed code change the lines of ``orders`` without voiding signatures."""
    token = _CONFIRMING.set(_CONFIRMING.get() | frozenset(orders.ids))
    try:
        yield
    finally:
        _CONFIRMING.reset(token)


def get_confirming_ids():
    """Return the ids of the orders that are being confirmed."""
    return _CONFIRMING.get()
