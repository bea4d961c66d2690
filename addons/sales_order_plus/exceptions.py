"""Typed errors of Sales Order Plus.

Every error is a ``UserError``: the web client shows it as a dialog without a
traceback, JSON-2 answers 422. ``context`` carries what a program needs to act.
"""

from odoo.exceptions import UserError


class SalesError(UserError):
    """A refusal with a machine-readable code and details.

    :param str message: translated text that names the rule and the next step
    :param dict details: JSON-serialisable data merged into the error's context
    """

    code = "sales_error"

    def __init__(self, message, **details):
        super().__init__(message)
        self.context = {
            # The web client picks the dialog by class name; ours is unknown to it.
            "exception_class": "odoo.exceptions.UserError",
            "code": self.code,
            **details,
        }


class GuardError(SalesError):
    """An operation was refused because a rule or an approval stands against it.

    ``context["findings"]`` lists the :class:`Finding` dictionaries.
    """

    code = "guard_refused"

    def __init__(self, message, findings=()):
        super().__init__(message, findings=list(findings))


class AppendOnlyError(SalesError):
    """Somebody tried to change or delete a record that may only be added."""

    code = "append_only"


class ReleaseError(SalesError):
    """A release was refused: nothing to release, or no reason given."""

    code = "release_refused"


class DeliveryError(SalesError):
    """Something about a delivery cannot be recorded or changed."""

    code = "delivery_refused"


class CarrierError(SalesError):
    """A carrier did not answer, or not as agreed."""

    code = "carrier_failed"
