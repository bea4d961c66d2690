from contextvars import ContextVar
from dataclasses import asdict, dataclass

from odoo import api, fields, models

from ...exceptions import GuardError
from .granted import granted

STOPPING = frozenset({"hold", "approve", "block"})
# Set while a state is written past the buttons: the audit tells such attempts apart. A
# context variable of Python: no client can reach it.
_DIRECT = ContextVar("sales_guard_direct", default=False)


@dataclass(frozen=True)
class Finding:
    """One thing that stands against an operation, or is worth knowing.

    :param code: stable technical name of the rule or policy, for programs
    :param message: translated sentence: what, by how much, what to do next
    :param severity: info, warn, hold, approve or block
    """

    code: str
    message: str
    severity: str = "block"

    @property
    def stops(self):
        """Whether the operation may not go on while the finding stands."""
        return self.severity in STOPPING


class SalesGuardMixin(models.AbstractModel):
    """Documents that reach certain states only when nothing stands against it.

    The hard gate sits in ``create`` and ``write``: a state is a plain field
    that every user with write access can set over RPC. Buttons only ask first.
    Rules and approvals extend *this* mixin (``_get_guard_findings`` and
    ``_guard_submit``) and so guard documents of addons they do not know.
    Nothing here looks at ``env.su``, the user or the context to let a record
    pass: what lets it pass is that no finding stands.
    """

    _name = "sales.guard.mixin"
    _inherit = ["sales.audit.mixin"]
    _description = "Guarded Document"

    guard_state = fields.Selection(
        selection=[
            ("free", "Free"),
            ("warning", "With remarks"),
            ("waiting", "Waiting for a decision"),
            ("blocked", "Blocked"),
        ],
        string="Check",
        compute="_compute_guard",
        groups="base.group_user",
        help="Whether the next step of this document is free.",
    )
    guard_message = fields.Text(
        string="What stands against it",
        compute="_compute_guard",
        groups="base.group_user",
        help="What stands against the next step, and what to do.",
    )

    # === Seam: what satellites and documents extend === #

    @api.model
    def _get_guard_transitions(self):
        """Return {value of ``state``: operation that leads into it}."""
        return {}

    def _get_guard_operation(self):
        """Return the operation the form asks about next, or False."""
        self.ensure_one()
        return False

    def _get_guard_findings(self, operation, baseline=None):
        """Return what stands against ``operation``.

        :param str operation: such as ``confirm`` or ``amend``
        :param dict baseline: what :meth:`_get_guard_baseline` gave before a change
        :return: {record id: [Finding]}; records without findings may be missing
        """
        return {}

    @api.model
    def _is_gate_shared(self):
        """Whether what stands against a record may depend on others not yet committed.

        So it is where free goods are looked at, or what a customer owes. Records that
        are let pass in the same moment have to wait for each other then.
        """
        return False

    def _get_guard_baseline(self, operation):
        """Return {record id: dict} of what findings compare a change with."""
        return {}

    def _guard_submit(self, operation, origin):
        """Ask the people who can decide; extended by approvals.

        :param str operation: operation that is waited for
        :param str origin: who asked, such as ``portal``, ``payment`` or ``user``
        """

    def _guard_hold(self, operation, origin):
        """Keep the records waiting instead of refusing ``operation``.

        For paths on which nobody is there to act on an error: what the
        customer did is kept and the deciders are asked.
        """
        self._guard_submit(operation, origin)

    def _guard_release(self, operation):
        """Go on with ``operation`` where the customer is waiting for it.

        Called when the last obstacle is gone; extended by the documents.
        """

    def _try_released(self, go_on, order, summary):
        """Go on in a savepoint after a decision; if that fails, the decision stays.

        :param go_on: what to call
        :param order: the order whose salesperson has to look at it then
        :param str summary: what failed
        """
        try:
            with self.env.cr.savepoint():
                go_on()
        except Exception as error:  # noqa: BLE001 whatever stops it, the decision stays
            order.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=summary,
                note=str(error),
                user_id=order.user_id.id or self.env.uid,
            )

    # === The gate === #

    def _compute_guard(self):
        by_operation = self.grouped(lambda record: record._get_guard_operation())
        for operation, records in by_operation.items():
            findings = records._get_guard_findings(operation) if operation else {}
            for record in records:
                own = findings.get(record.id, [])
                record.guard_state = record._get_guard_state(own)
                record.guard_message = "\n".join(f.message for f in own) or False

    @api.model
    def _get_guard_state(self, findings):
        severities = {finding.severity for finding in findings}
        if "block" in severities:
            return "blocked"
        if severities & STOPPING:
            return "waiting"
        return "warning" if severities else "free"

    def _get_guard_stops(self, operation, baseline=None):
        """Return {record: [Finding]} of the records that may not go on."""
        findings = self._get_guard_findings(operation, baseline)
        stops = {
            record: [
                finding for finding in findings.get(record.id, ()) if finding.stops
            ]
            for record in self
        }
        return {record: found for record, found in stops.items() if found}

    def _guard_ensure(self, operation, baseline=None):
        """Refuse ``operation`` if anything stands against it.

        :raise GuardError: names each record, what stands against it, and the next step
        """
        stops = self._get_guard_stops(operation, baseline)
        if not stops:
            return
        refused = self.browse([record.id for record in stops])
        details = {
            record.id: {
                "operation": operation,
                "findings": [f.code for f in found],
                **({"direct": True} if _DIRECT.get() else {}),
            }
            for record, found in stops.items()
        }
        self.env["sales.audit.event"]._log_refused(refused, "guard.refused", details)
        raise GuardError(
            self._get_guard_error_message(stops),
            findings=[
                {"model": self._name, "id": record.id, **asdict(finding)}
                for record, found in stops.items()
                for finding in found
            ],
        )

    @api.model
    def _get_guard_error_message(self, stops):
        return "\n".join(
            f"{record.display_name}: {finding.message}"
            for record, found in stops.items()
            for finding in found
        )

    def _get_guard_entering(self, vals):
        """Return (operation, records) that ``vals`` would move into a guarded state."""
        target = vals.get("state")
        operation = target and self._get_guard_transitions().get(target)
        if not operation:
            return False, self.browse()
        return operation, self.filtered(lambda record: record.state != target)

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        transitions = self._get_guard_transitions()
        by_state = records.grouped("state") if transitions else {}
        for state, entered in by_state.items():
            if state in transitions:
                with granted(_DIRECT, True):
                    entered._guard_ensure(transitions[state])
        return records

    def write(self, vals):
        operation, entering = self._get_guard_entering(vals)
        result = super().write(vals)
        if operation:
            # After the write: one call may change lines and state together.
            with granted(_DIRECT, True):
                entering._guard_ensure(operation)
        return result
