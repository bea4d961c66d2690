"""Typed errors of Sales Backorder Plus."""

from odoo.addons.sales_order_plus.exceptions import SalesError


class AllocationError(SalesError):
    """Stock cannot be dealt out like this; ``context`` has the ``rule``."""

    code = "allocation_refused"


class ShipmentRuleError(SalesError):
    """A delivery is smaller than the customer takes; names the ``field``, the ``rule``."""

    code = "shipment_refused"


class ForecastError(SalesError):
    """A forecast cannot be used like this; ``context`` has the ``rule``."""

    code = "forecast_refused"


class ExchangeError(SalesError):
    """A message of a party outside is wrong, or was refused; names the ``field``."""

    code = "exchange_refused"
