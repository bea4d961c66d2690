"""Grants for the code of this addon, out of reach of any caller."""

from contextvars import ContextVar

from odoo.addons.sales_order_plus.models.seam.granted import granted

# Subscriptions whose agreement the running code may change.
_AMENDING = ContextVar("sales_subscription_amending", default=frozenset())
# Subscriptions that ended and that the running code may start again.
_REACTIVATING = ContextVar("sales_subscription_reactivating", default=frozenset())
# Whether the running code orders and bills for a subscription.
_BILLING = ContextVar("sales_subscription_billing", default=False)
# Whether the running code changes entries of revenue schedules.
_SCHEDULING = ContextVar("sales_subscription_scheduling", default=False)


def billing():
    """Let the enclosed code say what an order line bills."""
    return granted(_BILLING, True)


def may_bill():
    """Return whether the running code may say what an order line bills."""
    return _BILLING.get()


def amending(subscriptions):
    """Let the enclosed code change plan and calendar of running subscriptions."""
    return granted(_AMENDING, _AMENDING.get() | frozenset(subscriptions.ids))


def may_amend(subscription_id):
    """Return whether the running code may change this running subscription."""
    return subscription_id in _AMENDING.get()


def reactivating(subscriptions):
    """Let the enclosed code start ``subscriptions`` that ended again."""
    return granted(_REACTIVATING, _REACTIVATING.get() | frozenset(subscriptions.ids))


def may_reactivate(subscription_id):
    """Return whether the running code may start this ended subscription again."""
    return subscription_id in _REACTIVATING.get()


def scheduling():
    """Let the enclosed code change and cancel entries of revenue schedules."""
    return granted(_SCHEDULING, True)


def may_schedule():
    """Return whether the running code may change entries of revenue schedules."""
    return _SCHEDULING.get()
