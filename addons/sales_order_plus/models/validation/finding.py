from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from ..seam.granted import granted
from ..seam.sales_guard_mixin import Finding

# Variables of Python, not of the context: no client can reach them.
_DISPLAYING = ContextVar("sales_validation_displaying", default=None)
_RECORDS = ContextVar("sales_validation_records", default=None)
_SAVING = ContextVar("sales_validation_saving", default=False)


@dataclass(frozen=True)
class Hit:
    """What a check found on one order.

    :param detail: translated sentence, the value of the placeholder {detail}
    :param line: the sale.order.line it is about, or None
    :param suggestions: :class:`Suggestion` objects that would mend it
    :param links: records to look at, as (model, id, label)
    :param severity: instead of that of the rule, such as an answer of a service
    """

    detail: str = ""
    line: object = None
    suggestions: tuple = ()
    links: tuple = ()
    severity: str | None = None


@dataclass(frozen=True)
class Suggestion:
    """One click that mends a finding.

    :param key: key of ``sale.order._get_suggestion_methods``
    :param label: translated text of the button
    :param args: JSON-serialisable arguments of the method
    """

    key: str
    label: str
    args: dict = field(default_factory=dict)


@dataclass(frozen=True)
class RuleFinding(Finding):
    """A finding of a validation rule, with what a form needs to act on it.

    :param token: names the finding until the order changes
    :param suggestions: dicts with ``token`` and ``label``
    :param links: dicts with ``model``, ``id`` and ``label``
    """

    rule_id: int = 0
    line_id: int | bool = False
    bypassable: bool = False
    suggestions: tuple = ()
    links: tuple = ()


@dataclass
class RuleRun:
    """What one rule did in one pass."""

    rule_id: int
    orders: int
    milliseconds: float
    queries: int
    failed: bool = False
    # (order id, RuleFinding)
    findings: list = field(default_factory=list)


@contextmanager
def displaying():
    """Only show: services and server actions are not run.

    Gives the list of what was shown, as {order id: [Finding]}.
    """
    with granted(_DISPLAYING, []) as shown:
        yield shown


def is_displaying():
    return _DISPLAYING.get() is not None


def show(findings):
    """Keep what was found while displaying."""
    if is_displaying():
        _DISPLAYING.get().append(findings)


@contextmanager
def recording():
    """Collect what the rules do; gives the list of :class:`RuleRun`."""
    with granted(_RECORDS, []) as records:
        yield records


def record_run(run):
    records = _RECORDS.get()
    if records is not None:
        records.append(run)


@contextmanager
def saving():
    """Give True to the outermost of nested saves of one order and its lines."""
    outermost = not _SAVING.get()
    with granted(_SAVING, True):
        yield outermost
