"""Typed errors of Sales Order Plus.

Every error is a ``UserError``: the web client shows it as a dialog without a
traceback, JSON-2 answers 422. ``context`` carries what a program needs to act.
"""

from odoo.exceptions import AccessError, UserError


def _sendable(text):
    """Return the text so that UTF-8 can write it, whatever a caller had sent."""
    return text.encode(errors="backslashreplace").decode()


class SalesError(UserError):
    """A refusal with a machine-readable code and details.

    :param str message: translated text that names the rule and the next step
    :param dict details: JSON-serialisable data merged into the error's context
    """

    code = "sales_error"

    def __init__(self, message, **details):
        super().__init__(_sendable(str(message)))
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


class AppendOnlyError(SalesError, AccessError):
    """Somebody tried to change or delete a record that may only be added.

    It is an ``AccessError``: nobody has these rights, whatever his groups.
    """

    code = "append_only"


class ServiceUnavailableError(SalesError):
    """An outside service gave no answer: it is worth trying again later."""

    code = "service_unavailable"


class QuotationTemplateError(SalesError):
    """A template, or what belongs to it, cannot be used on this quotation."""

    code = "quotation_template"


class LineRuleError(SalesError):
    """A value of an order or one of its lines breaks a rule of ours.

    ``context["field"]`` names the field.
    """

    code = "line_rule"


class ReleaseError(SalesError):
    """A release was refused: nothing to release, or no reason given."""

    code = "release_refused"


class ProformaError(SalesError):
    """A proforma cannot be made, changed or issued; the message names the next step."""

    code = "proforma_refused"


class CustomsError(SalesError):
    """Customs papers are incomplete; ``context["missing"]`` lists what and where."""

    code = "customs_incomplete"

    def __init__(self, message, missing=()):
        super().__init__(message, missing=list(missing))


class LinkError(SalesError):
    """Two orders cannot be linked like this; ``context`` names field and rule."""

    code = "link_refused"


class CloneError(SalesError):
    """An order cannot be copied like this; ``context`` names field and rule."""

    code = "clone_refused"


class SplitError(SalesError):
    """An order cannot be split like this; ``context`` names field and rule."""

    code = "split_refused"


class MergeError(SalesError):
    """Quotations cannot be merged; ``context`` names field and rule."""

    code = "merge_refused"


class OrderTypeError(SalesError):
    """The type of an order, or a setting of it, does not allow what was asked."""

    code = "order_type"


class UnknownCodeError(SalesError):
    """A code names nothing; ``context`` has the ``field`` and the ``codes`` there are."""

    code = "unknown_code"


class CurrencyRateError(SalesError):
    """Rates of foreign currencies could not be taken over; the old ones stay."""

    code = "currency_rate"


class QuotationError(SalesError):
    """A quotation cannot be revised, answered, extended or sent like this."""

    code = "quotation_refused"


class OrderTemplateError(SalesError):
    """A quotation template cannot be applied; ``context`` may name the ``field``."""

    code = "order_template"


class DocumentError(SalesError):
    """A document of an order was refused: its size, or what it is."""

    code = "order_document"


class DeliveryError(SalesError):
    """Something about a delivery cannot be recorded or changed."""

    code = "delivery_refused"


class CarrierError(SalesError):
    """A carrier did not answer, or not as agreed."""

    code = "carrier_failed"


class ValidationRuleError(SalesError):
    """A validation rule cannot be set up like this; ``context`` names the field."""

    code = "validation_rule"


class BypassError(SalesError):
    """A finding cannot be bypassed, or not by this user."""

    code = "bypass_refused"


class SuggestionError(SalesError):
    """A suggestion cannot be applied: unknown, or the order has changed."""

    code = "suggestion_refused"


class TaxProviderError(SalesError):
    """The taxes of an order cannot be asked for, or the service did not answer."""

    code = "tax_provider"


class OwnFieldError(SalesError):
    """A field that follows what happens was set by hand; ``context`` has the field."""

    code = "own_field"


class SignatureError(SalesError):
    """A signature cannot be asked for; ``context`` may name the ``field``."""

    code = "signature_refused"


class RestrictionError(SalesError):
    """A restriction cannot be set up or lifted like this; ``context`` has the field."""

    code = "restriction"


class DecisionError(SalesError):
    """Whom we may sell to was decided by somebody who may not; names the ``field``."""

    code = "decision_refused"


class LicenseError(SalesError):
    """A licence cannot be verified like this; ``context`` names the ``field``."""

    code = "license_refused"


class AgeError(SalesError):
    """An age cannot be verified like this; ``context`` names the ``field``."""

    code = "age_refused"


class ChangeError(SalesError):
    """A change of an order cannot be made; ``context`` has ``field`` and ``rule``."""

    code = "change_refused"


class ChangeControlError(ChangeError):
    """A confirmed order was to be edited past a change request."""

    code = "change_control"


class ChangeStaleError(ChangeError):
    """The order is another one than the request was made for; lists ``conflicts``."""

    code = "change_stale"


class CancellationError(SalesError):
    """An order cannot be cancelled like this; ``context`` has ``field``, ``rule``."""

    code = "cancellation_refused"


class RefundError(SalesError):
    """Money cannot be paid back like this; ``context`` has ``field`` and ``rule``."""

    code = "refund_refused"


class ReturnError(SalesError):
    """Goods cannot come back like this; ``context`` has ``field`` and ``rule``."""

    code = "return_refused"


class InterceptError(SalesError):
    """A parcel cannot be called back; ``context`` has ``field`` and ``rule``."""

    code = "intercept_refused"


class OfferError(SalesError):
    """An offer cannot be made or accepted; ``context`` has ``field`` and ``rule``."""

    code = "offer_refused"


class SelfServiceError(SalesError):
    """What a customer sent for an order of his cannot be taken; names the ``field``."""

    code = "self_service"
