"""Grants for the code of this concern, out of reach of any caller.

A context key comes from the client; these live in the running code alone.
"""

from contextvars import ContextVar

from ..seam.granted import granted

# Whether the issued content of proformas is being written by the product itself.
_WRITING = ContextVar("sales_proforma_writing", default=False)
# Orders whose confirmation is running: what Odoo writes then is no change of terms.
_CONFIRMING = ContextVar("sales_signature_confirming", default=frozenset())


def writing_proforma():
    """Let the enclosed code write the protected fields of proformas."""
    return granted(_WRITING, True)


def is_writing_proforma():
    """Return whether the product itself is writing proformas."""
    return _WRITING.get()


def confirming(orders):
    """Let the enclosed code change the lines of ``orders`` without voiding signatures."""
    return granted(_CONFIRMING, _CONFIRMING.get() | frozenset(orders.ids))


def get_confirming_ids():
    """Return the ids of the orders that are being confirmed."""
    return _CONFIRMING.get()
