from contextvars import ContextVar
from dataclasses import dataclass, field

from odoo import models

from odoo.addons.sales_order_plus.models.seam.granted import granted
from odoo.addons.sales_order_plus.models.seam.reading import once
from odoo.addons.sales_order_plus.models.seam.sales_guard_mixin import Finding

# Records whose change is checked as a whole, by the call that set this. A context
# variable of Python: no client can reach it.
_CHECKED_LATER = ContextVar("sales_approval_checked_later", default=frozenset())


# States of a request that let the document pass as it is.
LETTING_PASS = ("approved", "conditional", "overridden")
# States in which somebody may be asked.
ASKABLE = ("to_submit", "changes_requested")


@dataclass(frozen=True)
class Standing:
    """Where a document stands with its approvals.

    :param state: to_submit, pending, approved, conditional (approved on conditions
        that do not hold yet), overridden, changes_requested, rejected, automatic (a
        policy approves it) or forbidden
    :param request: the request that decides, or an empty recordset
    :param policies: the policies that hit and want somebody, or forbid it
    :param metrics: {metric: measured value}
    :param automatic: the policy that approves it, or an empty recordset
    """

    state: str
    request: models.BaseModel
    policies: models.BaseModel
    metrics: dict = field(default_factory=dict)
    automatic: models.BaseModel = None

    @property
    def passes(self):
        """Whether the document may go on."""
        return self.state in ("approved", "overridden", "automatic")


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

    def _get_approval_party(self):
        """Return whom the document is for: a cap of automatic approvals is his."""
        self.ensure_one()
        return self.env["res.partner"]

    def _get_approvers_named(self, step):
        """Return the users whom the document itself names for ``step``."""
        self.ensure_one()
        return self.env["res.users"]

    def _get_interested_users(self):
        """Return who may not decide on this record, because it is his own."""
        return self.env["res.users"]

    # === Standing === #

    def _get_approval_standings(self, operation):
        """Return {record id: Standing}; records that need nothing are missing."""
        key = ("approval.standings", self.env, self._name, self._ids, operation)
        return once(key, lambda: self._find_approval_standings(operation))

    def _find_approval_standings(self, operation):
        policies = self._get_approval_policies(operation)
        if not policies:
            return {}
        # What approves by itself matters only where somebody is needed.
        needing = policies.filtered(lambda policy: policy.outcome != "auto")
        names = needing._get_metric_names()
        metrics = self._get_approval_metrics(names)
        hits = self._get_approval_hits(needing, metrics)
        if not hits:
            return {}
        records = self.filtered(lambda record: record.id in hits)
        more = policies._get_metric_names() - names
        for id_, values in records._get_approval_metrics(more).items():
            metrics[id_].update(values)
        hits = records._get_approval_hits(policies, metrics)
        current = records._get_approval_requests(operation)
        allotment = policies._get_allotment(operation)
        standings = {
            record.id: record._get_approval_standing(
                current.get(record.id), hits[record.id], metrics[record.id], allotment
            )
            for record in records
        }
        return {id_: standing for id_, standing in standings.items() if standing}

    def _get_approval_hits(self, policies, metrics):
        """Return {record id: policies that hit it}."""
        return policies._get_hits(self, metrics)

    def _get_approval_standing(self, request, hits, metrics, allotment):
        """Return the Standing, or None where the policies that hit want nobody."""
        self.ensure_one()
        request = request or self.env["sales.approval.request"]
        if forbidding := hits.filtered(lambda one: one.outcome == "forbid"):
            return Standing("forbidden", request, forbidding, metrics)
        needed = hits.filtered(lambda one: one.outcome == "require")
        if not needed:
            return None
        state = self._get_request_state(request, needed, metrics)
        automatic = hits[:1].filtered(lambda one: one.outcome == "auto")
        if automatic and state not in LETTING_PASS:
            # A person who said no is not overruled by a policy.
            refused = state in ("rejected", "changes_requested")
            if not refused and allotment._take(automatic, self, metrics):
                return Standing("automatic", request, needed, metrics, automatic)
        return Standing(state, request, needed, metrics)

    def _get_request_state(self, request, policies, metrics):
        self.ensure_one()
        if request.state == "changes_requested":
            # Whatever became of the order since: it is submitted again.
            return request.state
        if not request or not self._is_covered_by(request, policies, metrics):
            return "to_submit"
        if request.state == "conditional" and not request._get_open_conditions():
            return "approved"
        return request.state

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
            and request._get_terms_decided_on() == snapshot["terms"]
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

    def _check_amend_later(self):
        """Check a change of several steps once, by the caller, at its end."""
        records = {(self._name, id_) for id_ in self._ids}
        return granted(_CHECKED_LATER, _CHECKED_LATER.get() | records)

    # === Submitting === #

    def _guard_submit(self, operation, origin):
        super()._guard_submit(operation, origin)
        standings = self._get_approval_standings(operation)
        asking = self.browse(
            id_ for id_, standing in standings.items() if standing.state in ASKABLE
        )
        if asking:
            requests = self.env["sales.approval.request"]
            requests._submit(asking, operation, standings, origin)
        for record_id, standing in standings.items():
            if standing.state in ("rejected", "forbidden") and origin != "user":
                self.browse(record_id)._tell_responsible(
                    standing.request._get_finding(standing).message
                )

    def _tell_responsible(self, text):
        """Make somebody of ours look at the record; extended by the documents."""
