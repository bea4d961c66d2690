from collections import defaultdict
from dataclasses import dataclass, field
from datetime import time, timedelta

from odoo import api, fields, models

from odoo.addons.sales_order_plus.models.seam.moments import get_local, get_moment


@dataclass
class Allotment:
    """What is approved automatically in one look at several documents.

    :param closed: whether a policy with a cap approves nothing here
    :param taken: {(policy, customer): amount of this look}
    """

    closed: bool
    taken: dict = field(default_factory=lambda: defaultdict(float))

    def _take(self, policy, record, metrics):
        """Return whether ``policy`` approves ``record``, and count it."""
        if not policy.daily_cap:
            return True
        if self.closed:
            return False
        party = record._get_approval_party()
        used = self.taken[policy, party] + policy._get_used(party)
        amount = metrics["amount"]
        if policy.currency_id.compare_amounts(used + amount, policy.daily_cap) > 0:
            return False
        self.taken[policy, party] += amount
        return True


class SalesApprovalPolicy(models.Model):
    """Routine orders that need nobody, up to an amount a day."""

    _inherit = "sales.approval.policy"

    @api.model
    def _get_allotment(self, operation):
        # A confirmed order that is made worse is not measured against a cap anew.
        return Allotment(closed=operation == "amend")

    def _get_used(self, party):
        """Return what was approved automatically for ``party`` today."""
        self.ensure_one()
        begin = self._get_begin_of_day()
        # sudo: what is used up does not depend on who asks.
        ((amount,),) = (
            self.env["sales.approval.request"]
            .sudo()
            ._read_group(
                [
                    ("auto_policy_id", "=", self.id),
                    ("state", "=", "approved"),
                    ("partner_id.commercial_partner_id", "=", party.id),
                    ("decided_on", ">=", begin),
                    ("decided_on", "<", begin + timedelta(days=1)),
                ],
                aggregates=["amount:sum"],
            )
        )
        return amount or 0.0

    def _get_begin_of_day(self):
        """Return the begin of today in the company's time zone, as naive UTC."""
        tz = self.company_id.partner_id.tz
        today = get_local(fields.Datetime.now(), tz).date()
        return get_moment(today, time.min, tz)


class SalesApprovalRequest(models.Model):
    _inherit = "sales.approval.request"

    auto_policy_id = fields.Many2one(
        "sales.approval.policy",
        string="Approved By Policy",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Policy that approved the order without anybody being asked.",
    )

    @api.model
    def _record_automatic(self, record, standing, operation="confirm"):
        """Keep that a policy approved ``record``.

        :param record: guarded document that was just let pass
        :param Standing standing: of state ``automatic``
        :return: the request, as superuser
        """
        id_ = record.id
        measured = self._prepare_measured_vals(record, {id_: standing})[id_]
        round_no = self._get_next_rounds(record)[id_]
        # sudo: nobody may create requests; the gate let the record pass.
        request = self.sudo().create(
            {
                **self._prepare_asked_vals(record, measured, round_no),
                "operation": operation,
                "state": "approved",
                "origin": "policy",
                "auto_policy_id": standing.automatic.id,
                "decided_on": fields.Datetime.now(),
            }
        )
        record._log_event(
            "approval.automatic",
            request=request.id,
            policy=standing.automatic.name,
            reasons=request.reasons,
        )
        return request


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_automatic_policies(self):
        policies = self._get_approval_policies("confirm")
        return policies.filtered(lambda one: one.outcome == "auto")

    def _guard_ensure(self, operation, baseline=None):
        if operation == "confirm":
            self._lock_automatic_parties()
        return super()._guard_ensure(operation, baseline)

    def _lock_automatic_parties(self):
        """Make orders of one customer use up a cap one after the other."""
        capped = self._get_automatic_policies().filtered("daily_cap")
        orders = self.filtered(lambda one: one.company_id in capped.company_id)
        parties = self.env["res.partner"]
        for order in orders:
            parties |= order._get_approval_party()
        parties._pass_one_by_one()

    def _record_automatic_approvals(self):
        """Keep which of the orders, confirmed just now, a policy approved."""
        automatic = self._get_automatic_policies()
        orders = self.filtered(lambda one: one.company_id in automatic.company_id)
        for order_id, standing in orders._get_approval_standings("confirm").items():
            if standing.state == "automatic":
                self.env["sales.approval.request"]._record_automatic(
                    self.browse(order_id), standing
                )

    def _after_state(self, state):
        super()._after_state(state)
        if state == "sale":
            self._record_automatic_approvals()

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        if confirmed := orders.filtered(lambda order: order.state == "sale"):
            confirmed._record_automatic_approvals()
        return orders
