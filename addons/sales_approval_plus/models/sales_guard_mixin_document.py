from odoo import api, models
from odoo.fields import Domain

from odoo.addons.sales_order_plus.models.seam.hashing import get_hash

from .sale_order_approval import DECIDED
from .sales_approval_request import STANDING

# Reminds who asked of what was decided; ends when the document goes on.
DECIDED_ACTIVITY = "sales_approval_plus.mail_activity_type_document_decided"


def _forbids(finding):
    """Return whether no approval helps; what approvals themselves find is not meant."""
    return finding.severity == "block" and not finding.code.startswith("approval_")


class SalesGuardMixin(models.AbstractModel):
    """Documents about an order: changes, cancellations, returns.

    A document names the operation that is approved and the field of a request that
    links it, and says what is measured of it. Everything else is the same for all of
    them, and the same as for orders: policies, standings, votes, the gate.
    """

    _inherit = "sales.guard.mixin"

    # Operation of the guard, and ``apply_on`` of the policies; None: no such document.
    _approval_operation = None
    # Field of ``sales.approval.request`` with the document.
    _approval_link = None
    # States in which a request of this document says nothing any more.
    _approval_closing = ("draft", "refused", "withdrawn", "stale")
    # State in which the document waits for the decision.
    _approval_waiting = "submitted"

    def _get_approval_order(self):
        """Return the orders these documents are about, or themselves, as superuser."""
        return self.sudo().order_id if self._approval_link else self.sudo()

    # === What stops it === #

    def _get_approval_policies(self, operation):
        policies = super()._get_approval_policies(operation)
        if not self._approval_link or operation != self._approval_operation:
            return policies
        # sudo: who asks need not read policies; they are measured all the same.
        active = policies.sudo()._get_active(self._get_approval_order().company_id)
        return policies.sudo() | active._filter_operation(operation)

    def _get_approval_requests(self, operation):
        if not self._approval_link:
            return super()._get_approval_requests(operation)
        domain = [
            (self._approval_link, "in", self._origin.ids),
            ("operation", "=", operation),
            ("state", "in", DECIDED),
        ]
        # sudo: the gate does not depend on who asks; oldest first, the newest stays.
        requests = self.env["sales.approval.request"].sudo().search(domain, order="id")
        current = {request[self._approval_link].id: request for request in requests}
        return {
            document.id: current[document._origin.id]
            for document in self
            if document._origin.id in current
        }

    def _prepare_approval_document_vals(self):
        if not self._approval_link:
            return super()._prepare_approval_document_vals()
        self.ensure_one()
        order = self._get_approval_order()
        return {"sale_order_id": order.id, self._approval_link: self.id}

    # === What is measured === #

    def _get_approval_metrics(self, names):
        """Return {document id: {metric: value}}: its own metrics, and those of orders.

        Its own are measured by its methods ``_measure_<metric>``.
        """
        if not self._approval_link:
            return super()._get_approval_metrics(names)
        # sudo: what is measured does not depend on who asks.
        documents = self.sudo()
        own = {name for name in names if hasattr(documents, f"_measure_{name}")}
        metrics = {
            one.id: one._get_order_metrics(set(names) - own) for one in documents
        }
        for name in sorted(own):
            for id_, value in getattr(documents, f"_measure_{name}")().items():
                metrics[id_][name] = value
        return metrics

    def _get_order_metrics(self, names):
        """Return {metric: value} of the order of this document."""
        self.ensure_one()
        order = self._get_approval_order()
        return dict(order._get_approval_metrics(names)[order.id])

    def _measure_each(self, measure):
        return {document.id: measure(document) for document in self}

    def _get_approval_fingerprint(self, snapshot):
        if not self._approval_link:
            return super()._get_approval_fingerprint(snapshot)
        return get_hash(snapshot)

    # === What it has from its order === #

    def _get_approval_party(self):
        if not self._approval_link:
            return super()._get_approval_party()
        return self._get_approval_order()._get_approval_party()

    def _get_approvers_named(self, step):
        if not self._approval_link:
            return super()._get_approvers_named(step)
        return self._get_approval_order()._get_approvers_named(step)

    def _get_risk_breakdown(self):
        """Return {document id: [(points, text)]} of its order; {} if it is of none."""
        if not self._approval_link:
            return {}
        found = self._get_approval_order()._get_risk_breakdown()
        return {one.id: found.get(one._get_approval_order().id, []) for one in self}

    @api.model
    def _prepare_risk_vals(self, found):
        return self.env["sale.order"]._prepare_risk_vals(found)

    def _get_approval_obstacles(self, operation):
        """Return {record id: what must be mended before it may be approved}.

        What forbids this very operation: what forbids to confirm its order is another
        question, and often the reason for the change.
        """
        return {
            id_: texts
            for id_, findings in self._get_guard_findings(operation).items()
            if (texts := [one.message for one in findings if _forbids(one)])
        }

    def _render_approval_timeline(self):
        return self.env["ir.qweb"]._render(
            "sales_approval_plus.approval_timeline",
            {"entries": self._get_approval_timeline()},
        )

    def _render_approval_subject(self):
        """Return as HTML what the approver is asked about."""
        return False

    # === People === #

    def _get_interested_users(self):
        users = super()._get_interested_users()
        if not self._approval_link:
            return users
        # sudo: orders and users may be hidden from an approver.
        document = self.sudo()
        own = document.create_uid | document.order_id.user_id
        own |= document.requested_by_id
        own |= document.line_ids.create_uid | document.line_ids.write_uid
        return users | own.with_env(self.env)

    def _get_not_own_domain(self):
        """Return the domain of the documents :meth:`_get_interested_users` leaves out."""
        uid = self.env.uid
        lines = Domain("create_uid", "=", uid) | Domain("write_uid", "=", uid)
        return (
            Domain("order_id", "any!", [("user_id", "!=", uid)])
            & Domain("create_uid", "!=", uid)
            & Domain("requested_by_id", "!=", uid)
            & ~Domain("line_ids", "any!", lines)
        )

    def _tell_responsible(self, text):
        super()._tell_responsible(text)
        for document in self if self._approval_link else ():
            # sudo: the customer's session acts here.
            document.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                summary=document.env._("Approval is stuck"),
                note=text,
                user_id=document._get_approval_order()._get_responsible().id,
            )

    # === What becomes of it === #

    def _guard_ensure(self, operation, baseline=None):
        if self._approval_link and operation == self._approval_operation:
            self._lock_capped_parties(operation)
        return super()._guard_ensure(operation, baseline)

    def _lock_capped_parties(self, operation):
        """Make documents of one customer use up a cap one after the other."""
        if not self._get_approval_policies(operation).filtered("daily_cap"):
            return
        parties = self.env["res.partner"]
        for document in self:
            parties |= document._get_approval_party()
        parties._pass_one_by_one()

    def write(self, vals):
        if not self._approval_link or "state" not in vals:
            return super().write(vals)
        operation, entering = self._get_guard_entering(vals)
        result = super().write(vals)
        if operation:
            entering._record_automatic_documents(operation)
        self.sudo().activity_unlink([DECIDED_ACTIVITY])
        if vals["state"] in self._approval_closing:
            self._close_document_approvals()
        return result

    def _record_automatic_documents(self, operation):
        """Keep which of the documents, let pass just now, a policy approved."""
        for id_, standing in self._get_approval_standings(operation).items():
            if standing.state == "automatic":
                self.env["sales.approval.request"]._record_automatic(
                    self.browse(id_), standing, operation
                )

    def _close_document_approvals(self):
        """End what was asked or decided about documents that go another way."""
        requests = self.env["sales.approval.request"]
        if requests._has_records():
            domain = [
                (self._approval_link, "in", self.ids),
                ("state", "in", (*STANDING, "overridden")),
            ]
            # sudo: nobody may write requests; the document itself was just written.
            requests.sudo().search(domain)._supersede()

    def _get_responsible(self):
        """Return who looks after this document: who asked for it, or the salesperson."""
        self.ensure_one()
        if not self._approval_link:
            return self.env.user
        # sudo: who that is may be hidden from who acts.
        asked = self.sudo().requested_by_id.filtered(lambda one: not one.share)
        return asked or self._get_approval_order()._get_responsible()

    def _get_company_value(self, amount):
        """Return an amount of the order in the currency of its company."""
        order = self._get_approval_order()
        company = order.company_id
        return order.currency_id._convert(
            amount, company.currency_id, company, order.date_order
        )

    def _guard_release(self, operation):
        """Go on with the documents that wait for nothing any more."""
        super()._guard_release(operation)
        if self._approval_link and operation == self._approval_operation:
            waiting = self.filtered(lambda one: one.state == one._approval_waiting)
            for document in waiting:
                if not document._get_guard_stops(operation):
                    document._go_on_approved()

    def _go_on_approved(self):
        """Do what was approved, in a savepoint; its own way."""

    def _refuse_not_approved(self, reason):
        """Refuse the documents because an approver rejected them."""
        # sudo: an approver need not write orders; he has voted.
        documents = self.sudo()
        documents.filtered(
            lambda one: one.state == one._approval_waiting
        ).action_refuse(reason=reason)

    def _send_back_for_changes(self, reason):
        """What people cannot change and submit again is refused."""
        self._refuse_not_approved(reason)
