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


class OrderTypeError(SalesError):
    """The type of an order, or a setting of it, does not allow what was asked."""

    code = "order_type"


class UnknownCodeError(SalesError):
    """A code names nothing; ``context`` has the ``field`` and the ``codes`` there are."""

    code = "unknown_code"


class CurrencyRateError(SalesError):
    """Rates of foreign currencies could not be taken over; the old ones stay."""

    code = "currency_rate"


class OrderTemplateError(SalesError):
    """A quotation template cannot be applied; ``context`` may name the ``field``."""

    code = "order_template"


class DocumentError(SalesError):
    """A document of an order was refused: its size, or what it is."""

    code = "order_document"
