from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from odoo import models

from odoo.addons.sales_order_plus.models.seam.sales_guard_mixin import Finding

from ..exceptions import NoApproverError

# Records whose change is checked as a whole, by the call that set this. A context
# variable of Python: no client can reach it.
_CHECKED_LATER = ContextVar("sales_approval_checked_later", default=frozenset())


# States of a request that let the document pass as it is.
LETTING_PASS = ("approved", "overridden")


@dataclass(frozen=True)
class Standing:
    """Where a document stands with its approvals.

    :param state: not_required, to_submit, pending, approved, overridden,
        changes_requested or rejected
    :param request: the request that decides, or an empty recordset
    :param policies: the policies that hit
    :param metrics: {metric: measured value}
    """

    state: str
    request: models.BaseModel
    policies: models.BaseModel
    metrics: dict = field(default_factory=dict)

    @property
    def passes(self):
        """Whether the document may go on."""
        return self.state in LETTING_PASS


class SalesGuardMixin(models.AbstractModel):
    """Guarded documents need the approvals that policies ask for."""

    _inherit = "sales.guard.mixin"

    # === Seam: what a document implements to be approved === #

    def _get_approval_policies(self, operation):
        """Return the policies that could stop ``operation``; empty: nothing to do."""
        return self.env["sales.approval.policy"]

    def _get_approval_metrics(self, names):
        """Return {record id: {metric: value}}."""
        return {}

    def _get_approval_snapshot(self):
        """Return what is decided on, as plain data with the key ``terms``."""
        self.ensure_one()
        return {"terms": {}}

    def _get_approval_fingerprint(self, snapshot):
        """Return a hash that changes with anything in ``snapshot``."""
        raise NotImplementedError

    def _get_approval_requests(self, operation):
        """Return {record id: its current request}: neither withdrawn nor superseded."""
        return {}

    def _prepare_approval_document_vals(self):
        """Return the fields of a request that link it to this record."""
        raise NotImplementedError

    def _get_interested_users(self):
        """Return who may not decide on this record, because it is his own."""
        return self.env["res.users"]

    # === Standing === #

    def _get_approval_standings(self, operation):
        """Return {record id: Standing}; records that need nothing are missing."""
        policies = self._get_approval_policies(operation)
        if not policies:
            return {}
        metrics = self._get_approval_metrics(policies._get_metric_names())
        hits = policies._get_hits(self, metrics)
        if not hits:
            return {}
        records = self.filtered(lambda record: record.id in hits)
        current = records._get_approval_requests(operation)
        return {
            record.id: record._get_approval_standing(
                current.get(record.id), hits[record.id], metrics[record.id]
            )
            for record in records
        }

    def _get_approval_standing(self, request, policies, metrics):
        self.ensure_one()
        request = request or self.env["sales.approval.request"]
        state = "to_submit"
        if request.state == "changes_requested":
            # Whatever became of the order since: it is submitted again.
            state = request.state
        elif request and self._is_covered_by(request, policies, metrics):
            state = request.state
        return Standing(state, request, policies, metrics)

    def _is_covered_by(self, request, policies, metrics):
        """Return whether the record is as good as, or better than, what was decided.

        A rejection and an override only hold for exactly what they were about.
        """
        self.ensure_one()
        if policies - request.policy_ids or request._is_expired():
            return False
        snapshot = self._get_approval_snapshot()
        if request.fingerprint == self._get_approval_fingerprint(snapshot):
            return True
        return (
            request.state not in ("overridden", "rejected")
            and request.snapshot["terms"] == snapshot["terms"]
            and not any(
                policy._is_worse(metrics, request.metrics) for policy in policies
            )
        )

    # === Findings === #

    def _get_guard_findings(self, operation, baseline=None):
        findings = dict(super()._get_guard_findings(operation, baseline))
        if operation == "amend":
            found = self._get_amend_findings(baseline or {})
        else:
            found = self._get_approval_findings(operation)
        for record_id, finding in found.items():
            findings[record_id] = [*findings.get(record_id, ()), finding]
        return findings

    def _get_approval_findings(self, operation):
        """Return {record id: Finding} of the records that lack an approval."""
        return {
            record_id: standing.request._get_finding(standing)
            for record_id, standing in self._get_approval_standings(operation).items()
            if not standing.passes
        }

    def _get_amend_findings(self, baseline):
        """Return {record id: Finding} of records made worse than what was decided."""
        records = self.browse(
            id_ for id_ in self._ids if (self._name, id_) not in _CHECKED_LATER.get()
        )
        findings = {}
        for record_id, standing in records._get_approval_standings("amend").items():
            before = baseline.get(record_id, {}).get("approval", {})
            worse = standing.policies.filtered(
                lambda policy, standing=standing, before=before: policy._is_worse(
                    standing.metrics, before
                )
            )
            if worse and not standing.passes:
                findings[record_id] = Finding(
                    "approval_amend",
                    worse._get_amend_message(standing.metrics),
                    "approve",
                )
        return findings

    def _get_guard_baseline(self, operation):
        baseline = super()._get_guard_baseline(operation)
        if operation != "amend":
            return baseline
        policies = self._get_approval_policies(operation)
        names = policies._get_metric_names()
        metrics = self._get_approval_metrics(names) if policies else {}
        return {
            **baseline,
            **{
                record_id: {**baseline.get(record_id, {}), "approval": values}
                for record_id, values in metrics.items()
            },
        }

    @contextmanager
    def _check_amend_later(self):
        """Check a change of several steps once, by the caller, at its end."""
        records = {(self._name, id_) for id_ in self._ids}
        token = _CHECKED_LATER.set(_CHECKED_LATER.get() | records)
        try:
            yield
        finally:
            _CHECKED_LATER.reset(token)

    # === Submitting === #

    def _guard_submit(self, operation, origin):
        super()._guard_submit(operation, origin)
        for record_id, standing in self._get_approval_standings(operation).items():
            record = self.browse(record_id)
            if standing.state in ("to_submit", "changes_requested"):
                record._submit_for_approval(operation, standing, origin)
            elif standing.state == "rejected" and origin != "user":
                record._tell_responsible(
                    standing.request._get_finding(standing).message
                )

    def _submit_for_approval(self, operation, standing, origin):
        """Ask the approvers; where nobody acts on an error, tell the responsible."""
        self.ensure_one()
        try:
            self.env["sales.approval.request"]._submit(
                self, operation, standing, origin
            )
        except NoApproverError as error:
            if origin == "user":
                raise
            self._tell_responsible(str(error))

    def _tell_responsible(self, text):
        """Make somebody of ours look at the record; extended by the documents."""
