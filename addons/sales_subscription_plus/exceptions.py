"""Typed errors of subscriptions; see ``sales_order_plus.exceptions``."""

from odoo.addons.sales_order_plus.exceptions import SalesError


class SubscriptionStateError(SalesError):
    """A subscription was asked to make a move its state does not allow."""

    code = "subscription_state"


class SubscriptionLockedError(SalesError):
    """A value was to be changed that periods already billed rely on."""

    code = "subscription_locked"


class PeriodBilledError(SalesError):
    """A cancelled document was to come back beside the one that bills its period."""

    code = "subscription_period_billed"


class NothingDueError(SalesError):
    """Billing was asked for, but no period is due yet."""

    code = "subscription_nothing_due"


class SubscriptionChangeError(SalesError):
    """A change does not fit the subscription as it is."""

    code = "subscription_change"


class SelfServiceRefusedError(SalesError):
    """A customer asked for what his plan, or the state, does not allow."""

    code = "subscription_self_service"


class CampaignError(SalesError):
    """An offer to subscribers cannot be sent as it is."""

    code = "subscription_campaign"


class BundleChoiceError(SalesError):
    """What was chosen for a bundle is not what its plan wants."""

    code = "subscription_bundle"


class ScheduledEntryError(SalesError):
    """An entry of a revenue schedule was to be changed by hand."""

    code = "subscription_scheduled_entry"
