"""Typed errors of Sales Backorder Plus."""

from odoo.addons.sales_order_plus.exceptions import SalesError


class AllocationError(SalesError):
    """Stock cannot be dealt out like this; ``context`` has the ``rule``."""

    code = "allocation_refused"


class ShipmentRuleError(SalesError):
    """A delivery is smaller than the customer takes; names the ``field``, the ``rule``."""

    code = "shipment_refused"
