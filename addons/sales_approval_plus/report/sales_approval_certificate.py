from odoo import models

from odoo.addons.sales_order_plus.models.seam.hashing import get_hash


class SalesApprovalRequest(models.Model):
    """The certificate of a request: who decided on what, and whether it still holds."""

    _inherit = "sales.approval.request"

    def _get_certificate(self):
        """Return what the certificate says.

        :return: dict with ``content`` (plain data), ``hash`` (SHA-256 of its canonical
            JSON) and ``verification``: list of (bool or None, sentence), None where it
            cannot be told any more
        """
        self.ensure_one()
        # sudo: who reads the request gets the whole certificate.
        request = self.sudo()
        content = request._prepare_certificate_content()
        return {
            "content": content,
            "hash": get_hash(content),
            "verification": request._get_certificate_checks(),
        }

    def _prepare_certificate_content(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        return {
            "order": self.sale_order_id.name,
            "customer": self.partner_id.display_name,
            "company": self.company_id.name,
            "salesperson": self.user_id.name or "",
            "requester": self.requester_id.name,
            "round": self.round_no,
            "state": states[self.state],
            "submitted_on": self.submitted_on,
            "decided_on": self.decided_on or "",
            "reasons": self._get_reasons(),
            "values": self._describe_metrics(self.metrics) or "",
            "note": self.note or "",
            "fingerprint": self.fingerprint or "",
            "steps": [line._prepare_certificate_data() for line in self.line_ids],
            "votes": [
                vote._prepare_certificate_data() for vote in self.vote_ids.sorted("id")
            ],
            "conditions": [
                {"text": one.description, "by": one.user_id.name, "met": one.is_met}
                for one in self.condition_ids
            ],
            "override": self._prepare_certificate_override(),
            "events": self._get_certificate_events()._prepare_certificate_data(),
        }

    def _prepare_certificate_override(self):
        if not self.override_user_id:
            return {}
        labels = self._fields["override_category"]._description_selection(self.env)
        return {
            "user": self.override_user_id.name,
            "kind": dict(labels).get(self.override_category, ""),
            "until": self.override_until,
            "reviewed_by": self.reviewed_by_id.name or "",
            "review": self.review_note or "",
        }

    def _get_certificate_events(self):
        """Return the audit events about this request, the oldest first."""
        document = self._get_document()
        events = self.env["sales.audit.event"].search(
            [
                ("model", "=", document._name),
                ("res_id", "=", document.id),
                "|",
                ("code", "=like", "approval.%"),
                ("code", "=", "vote.cast"),
                ("code", "!=", "approval.viewed"),
            ],
            order="id",
        )
        return events.filtered(lambda one: (one.data or {}).get("request") == self.id)

    # === Does it still hold? === #

    def _get_certificate_checks(self):
        return [
            self._check_certificate_snapshot(),
            *self._check_certificate_votes(),
            self._check_certificate_events(),
            self._check_certificate_order(),
        ]

    def _check_certificate_snapshot(self):
        if not self.snapshot:
            return None, self.env._(
                "What was submitted is not kept any longer; its fingerprint is."
            )
        fingerprint = self._get_document()._get_approval_fingerprint(self.snapshot)
        if fingerprint == self.fingerprint:
            return True, self.env._(
                "What was submitted has the fingerprint given here."
            )
        return False, self.env._("What was submitted was changed afterwards.")

    def _check_certificate_votes(self):
        proofs = self.vote_ids.verify().values()
        if not proofs:
            return []
        if all(proofs):
            return [(True, self.env._("%s votes fit their proofs.", len(proofs)))]
        return [(False, self.env._("A vote was changed afterwards."))]

    def _check_certificate_events(self):
        states = self._get_certificate_events().mapped(
            lambda one: one._get_seal_state()
        )
        if "broken" in states:
            return False, self.env._("An audit event does not fit its seal.")
        if not states:
            return None, self.env._("Its audit events are not kept any longer.")
        if "unsealed" in states:
            return None, self.env._(
                "%(sealed)s of %(all)s audit events fit their seals; the others are "
                "sealed within the hour.",
                sealed=states.count("sealed"),
                all=len(states),
            )
        return True, self.env._("%s audit events fit their seals.", len(states))

    def _check_certificate_order(self):
        document = self._get_document()
        decided = self.vote_ids.sorted("id")[-1:].fingerprint or self.fingerprint
        now = document._get_approval_fingerprint(document._get_approval_snapshot())
        if now == decided:
            return True, self.env._("The order is as it was when it was decided on.")
        return None, self.env._("The order has changed since it was decided on.")


class SalesApprovalLine(models.Model):
    _inherit = "sales.approval.line"

    def _prepare_certificate_data(self):
        self.ensure_one()
        states = dict(self._fields["state"]._description_selection(self.env))
        return {
            "level": self.level,
            "name": self.name,
            "policies": self.policy_names or "",
            "people": ", ".join(self.approver_ids.mapped("name")),
            "votes": self.progress,
            "state": states[self.state],
            "remark": self.remark or "",
        }


class SalesApprovalVote(models.Model):
    _inherit = "sales.approval.vote"

    def _prepare_certificate_data(self):
        self.ensure_one()
        labels = dict(self._fields["decision"]._description_selection(self.env))
        return {
            "date": self.date,
            "user": self.user_id.name,
            "on_behalf_of": self.on_behalf_of_id.name or "",
            "step": self.line_id.name,
            "decision": labels[self.decision],
            "category": self.reason_id.name or "",
            "reason": self.reason or "",
            "values": self.values_text or "",
            "fingerprint": self.fingerprint or "",
            "signed_name": self.signature and self.signed_name or "",
            "proof": self.proof or "",
        }


class SalesAuditEvent(models.Model):
    _inherit = "sales.audit.event"

    def _prepare_certificate_data(self):
        return [
            {
                "number": event.chain_no or "",
                "date": event.date,
                "event": event.name,
                "user": event.user_id.name,
                "seal": event.chain_hash or "",
                "state": event._get_seal_state(),
            }
            for event in self
        ]

    def _get_seal_state(self):
        """Return whether this event is ``sealed``, ``unsealed`` or ``broken``."""
        self.ensure_one()
        if not self.chain_no:
            return "unsealed"
        previous = self.search([("chain_no", "=", self.chain_no - 1)])
        before = previous.chain_hash
        if not previous:
            number, before = self._get_anchor()
            if number != self.chain_no - 1:
                return "broken"
        return "sealed" if self._get_seal(before or "") == self.chain_hash else "broken"
