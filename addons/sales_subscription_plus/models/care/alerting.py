"""Customers are told once of what was changed together."""

from contextlib import contextmanager
from contextvars import ContextVar

from odoo.addons.sales_order_plus.models.seam.granted import granted

# Set while what is changed is told of by who began it, or not at all.
_HOLDING = ContextVar("sales_subscription_alerts_held", default=False)


def holding_alerts():
    """Let the enclosed code change subscriptions without telling of each step."""
    return granted(_HOLDING, True)


@contextmanager
def alerting(subscriptions):
    """Tell, once, what the enclosed code changes on running ``subscriptions``."""
    if _HOLDING.get():
        yield
        return
    before = subscriptions._get_alert_standings()
    with holding_alerts():
        yield
    subscriptions._alert_differences(before)
