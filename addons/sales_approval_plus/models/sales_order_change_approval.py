from collections.abc import Mapping

from odoo import fields, models

from odoo.addons.sales_order_plus.models.change.sales_order_change import OPEN

# What a change says, as people typed it; the rest of a line follows from it.
TYPED = (
    "kind",
    "line_id",
    "product_id",
    "quantity",
    "price_unit",
    "discount",
    "keep_price",
    "commitment_date",
    "requested_date",
    "window_from",
    "window_to",
    "partner_id",
    "carrier_id",
    "freight",
    "payment_term_id",
    "payment_method_line_id",
    "order_priority",
    "fee",
    "text",
    "request_type_id",
    "request_values",
)


def _get_plain(value):
    if isinstance(value, models.BaseModel):
        return value.ids
    if isinstance(value, Mapping):
        return sorted(f"{name}: {one}" for name, one in value.items())
    return f"{value:.6f}" if isinstance(value, float) else str(value or "")


class SalesOrderChange(models.Model):
    """Changes of confirmed orders, approved before they are applied.

    Policies for the confirmation count too, where the trial makes the order worse in
    what they measure: nobody gets around them by confirming first. Policies for
    cancellations count where less is ordered: that is a cancellation by another name.
    """

    _inherit = "sales.order.change"

    _approval_operation = "change"
    _approval_link = "change_id"

    approval_request_ids = fields.One2many(
        "sales.approval.request",
        "change_id",
        string="Approvals",
        help="Requests for approval of this change.",
    )
    approval_count = fields.Integer(
        compute="_compute_approval_count",
        help="Number of requests for approval that you may read.",
    )

    def _compute_approval_count(self):
        for change in self:
            change.approval_count = len(change.approval_request_ids)

    def action_view_approvals(self):
        """Open the requests for approval of this change.

        :return: window action
        """
        self.ensure_one()
        return self.approval_request_ids._get_records_action(
            name=self.env._("Approvals")
        )

    # === What stops it === #

    def _get_approval_policies(self, operation):
        policies = super()._get_approval_policies(operation)
        if operation != self._approval_operation:
            return policies
        # sudo: as for the policies about changes.
        active = policies._get_active(self._get_approval_order().company_id)
        return policies | active.filtered(
            lambda one: one.apply_on in ("confirm", "cancel") and one.outcome != "auto"
        )

    def _get_approval_hits(self, policies, metrics):
        hits = super()._get_approval_hits(policies, metrics)
        found = {}
        for change in self.filtered(lambda one: one.id in hits):
            found[change.id] = hits[change.id].filtered(
                lambda one, change=change, after=metrics[change.id]: (
                    change._is_meant_by(one, after)
                )
            )
        return {id_: policies for id_, policies in found.items() if policies}

    def _is_meant_by(self, policy, metrics):
        """Return whether a policy that hits is about what this change does."""
        self.ensure_one()
        if policy.apply_on == "confirm":
            before = self._get_measured(0)
            return bool(before) and policy._is_worse(metrics, before)
        return policy.apply_on != "cancel" or self._get_lowered_worth() > 0

    def _measure_order(self):
        """Measure the order before and in the trial, for what policies ask about."""
        order = self.order_id.sudo()
        policies = self._get_approval_policies(self._approval_operation)
        names = policies._get_metric_names() if policies else set()
        own = {name for name in names if hasattr(self, f"_measure_{name}")}
        names = {*names, "amount", "discount"} - own if policies else set()
        more = order._get_approval_metrics(names)[order.id] if names else {}
        return {**super()._measure_order(), **more}

    def _get_measured(self, index):
        """Return the metrics of the order before (0) or in the trial (1)."""
        measured = (self.impact or {}).get("measured") or [{}, {}]
        return measured[index]

    def _get_order_metrics(self, names):
        """Return the metrics of the order as the change makes it."""
        tried = self._get_measured(1)
        missing = {name for name in names if name not in tried}
        found = {name: tried[name] for name in names if name in tried}
        return {**super()._get_order_metrics(missing), **found} if missing else found

    def _apply_lines(self):
        # Judged as a whole, by what the trial measured, before it is applied.
        with self.order_id._check_amend_later():
            super()._apply_lines()

    def _is_let_pass(self):
        return super()._is_let_pass() or self._is_approved()

    def _is_approved(self):
        """Return whether people, or a policy, approved this change as it is."""
        self.ensure_one()
        operation = self._approval_operation
        standing = self._get_approval_standings(operation).get(self.id)
        return bool(standing) and standing.passes

    def _get_guard_findings(self, operation, baseline=None):
        """Ask for the approval alone, where one is needed."""
        findings = super()._get_guard_findings(operation, baseline)
        return {
            id_: [one for one in found if one.code != "change_limit"]
            if any(one.code.startswith("approval_") for one in found)
            else found
            for id_, found in findings.items()
        }

    # === What is decided on === #

    def _get_approval_snapshot(self):
        """Return the change with what it was made for, and what its trial gave.

        Nothing of the ``terms`` may change under an approval: an edited change, or one
        that was made for another state of the order, is asked about again.
        """
        self.ensure_one()
        change = self.sudo()
        impact = change.impact or {}
        return {
            "terms": {
                "order": change.order_id.id,
                "base": change.base_fingerprint or "",
                "changes": [
                    [_get_plain(line[name]) for name in TYPED]
                    for line in change.line_ids
                ],
            },
            "summary": change.summary or "",
            "impact": {
                name: impact.get(name) for name in ("before", "after", "remarks")
            },
        }

    def _render_approval_subject(self):
        return self.env["ir.qweb"]._render(
            "sales_approval_plus.change_subject", {"change": self}
        )

    # === What becomes of it === #

    def _guard_release(self, operation):
        super()._guard_release(operation)
        if operation == self._approval_operation:
            waiting = self.filtered(lambda one: one.state in OPEN)
            waiting.filtered(lambda one: one._is_approved())._tell_customer("approved")

    def _go_on_approved(self):
        self._try_apply()

    def _is_automatic(self):
        return super()._is_automatic() or self._is_approved()

    def _refuse_not_approved(self, reason):
        # sudo: an approver need not write orders; he has voted.
        change = self.sudo()
        if change.state in ("submitted", "acceptance", "stale"):
            change.action_refuse(reason=reason)

    def _send_back_for_changes(self, reason):
        # sudo: an approver need not write orders; he has voted.
        change = self.sudo()
        if change.state in ("submitted", "acceptance", "stale"):
            change.action_revise()
