from odoo import api, fields, models

from ..exceptions import NoApproverError
from .sales_approval_request import STANDING

# Their votes are looked at when the document is submitted again.
REUSABLE = (*STANDING, "changes_requested")


class SalesApprovalRequest(models.Model):
    """Submitting: what is asked, and of whom, is frozen here."""

    _inherit = "sales.approval.request"

    @api.model
    def _submit(self, records, operation, standings, origin):
        """Create a request for each of ``records`` and open its first level.

        :param records: guarded documents of one model
        :param dict standings: {record id: Standing}, what hits them
        :param str origin: user, portal, payment or another path
        :return: the requests, as superuser; without those that nobody may decide on,
            whose responsible is told, where there is no user to tell it to
        :raise NoApproverError: if a step has too few people who may decide
        """
        vals_list, previous = [], self.browse()
        for record, vals in self._prepare_submitted(records, standings, origin):
            vals_list.append({**vals, "operation": operation, "origin": origin})
            previous |= standings[record.id].request
        previous.filtered(lambda one: one.state in STANDING)._supersede()
        # sudo: nobody may create requests; the caller checked who asks.
        requests = self.sudo().create(vals_list)
        requests._log_submitted()
        requests._tell_submitted()
        requests._open_next_level()
        return requests

    @api.model
    def _prepare_submitted(self, records, standings, origin):
        """Yield (record, values of its request) of those that can be asked."""
        measured = self._prepare_measured_vals(records, standings)
        rounds = self._get_next_rounds(records)
        for record in records:
            try:
                yield (
                    record,
                    self._prepare_request_vals(
                        record,
                        standings[record.id],
                        self.env.user,
                        measured[record.id],
                        rounds[record.id],
                    ),
                )
            except NoApproverError as error:
                if origin == "user":
                    raise
                record._tell_responsible(str(error))

    def _log_submitted(self):
        details = [
            (
                request._get_document(),
                {
                    "request": request.id,
                    "reasons": request.reasons,
                    "fingerprint": request.fingerprint,
                },
            )
            for request in self
        ]
        self.env["sales.audit.event"]._log_each("approval.submitted", details)

    @api.model
    def _prepare_request_vals(self, record, standing, requester, measured, round_no):
        """Return what is asked, and of whom: also shown before it is submitted.

        :param dict measured: its part of :meth:`_prepare_measured_vals`
        :param int round_no: its part of :meth:`_get_next_rounds`
        :raise NoApproverError: if a step has too few people who may decide
        """
        excluded = requester | record._get_interested_users()
        lines = self._prepare_line_vals_list(
            standing.policies, record, excluded, measured["metrics"]
        )
        self._reuse_votes(lines, standing.request, measured)
        return {
            **self._prepare_asked_vals(record, measured, round_no),
            "line_ids": [fields.Command.create(vals) for vals in lines],
        }

    @api.model
    def _prepare_asked_vals(self, record, measured, round_no):
        """Return what every new request of ``record`` says, however it is decided."""
        return {
            **record._prepare_approval_document_vals(),
            **measured,
            "round_no": round_no,
        }

    @api.model
    def _get_next_rounds(self, records):
        """Return {record id: number of its next request}, with one query."""
        links = {one.id: one._prepare_approval_document_vals() for one in records}
        names = sorted({name for vals in links.values() for name in vals})
        domain = [
            (name, "in", [vals[name] for vals in links.values()]) for name in names
        ]
        # sudo: rounds count also where they are not yours to read.
        groups = self.sudo()._read_group(domain, names, ["__count"]) if names else []
        counts = {tuple(one.id for one in found): count for *found, count in groups}
        return {
            id_: counts.get(tuple(vals[name] for name in names), 0) + 1
            for id_, vals in links.items()
        }

    @api.model
    def _prepare_measured_vals(self, records, standings):
        """Return {record id: what was measured, and why it is asked}.

        :param dict standings: {record id: Standing}
        """
        # What the policies asked for was measured a moment ago.
        missing = {"amount", "discount"}.difference(
            *(one.metrics for one in standings.values())
        )
        more = records._get_approval_metrics(missing) if missing else {}
        return {
            record.id: self._prepare_measured(
                record, standings[record.id], more.get(record.id, {})
            )
            for record in records
        }

    @api.model
    def _prepare_measured(self, record, standing, more):
        snapshot = record._get_approval_snapshot()
        metrics = {**standing.metrics, **more}
        return {
            "snapshot": snapshot,
            "fingerprint": record._get_approval_fingerprint(snapshot),
            "metrics": metrics,
            "amount": metrics.get("amount", 0.0),
            "discount": metrics.get("discount", 0.0),
            "policy_ids": [fields.Command.set(standing.policies.ids)],
            "reasons": standing.policies._describe_hits(standing.metrics),
            "reasons_by_lang": {
                code: standing.policies.with_context(lang=code)._describe_hits(
                    standing.metrics
                )
                for code, _name in self.env["res.lang"].get_installed()
            },
        }

    # === Steps === #

    @api.model
    def _prepare_line_vals_list(self, policies, record, excluded, metrics):
        """Return the steps of all policies, each with the people of this moment.

        :raise NoApproverError: names the step and what to configure
        """
        used = self.env["res.users"]
        vals_list, level_used = [], used
        for slots in self._merge_slots(policies, record, metrics):
            if vals_list and slots[0].level != vals_list[-1]["level"]:
                used |= level_used
            vals = self._prepare_line_vals(slots, record, excluded, used)
            vals_list.append(vals)
            users = self.env["res.users"].browse(vals["approver_ids"][0][2])
            if len(users) == vals["needed"]:
                # All of them vote here, so none of them is left for a later level.
                level_used |= users
        return vals_list

    @api.model
    def _merge_slots(self, policies, record, metrics):
        """Return lists of Slots that become one line each, the lowest level first."""
        merged = {}
        for step in policies.step_ids.sorted():
            for slot in step._get_slots(record, metrics):
                merged.setdefault(slot.merge_key, []).append(slot)
        return sorted(merged.values(), key=lambda slots: slots[0].level)

    @api.model
    def _prepare_line_vals(self, slots, record, excluded, used):
        slot = slots[0]
        step = slot.step
        found = slot.users._filter_approvers(record.sudo().company_id)
        users = found - excluded
        needed = step._get_needed(len(users))
        asked = step._matches(record, step.condition)
        if asked and len(users - used) < needed:
            raise NoApproverError(self._get_no_approver_message(slot, excluded, needed))
        steps = step.union(*(one.step for one in slots))
        policies = steps.policy_id
        return {
            "level": slot.level,
            "name": slot.name,
            "role_id": slot.source._name == "sales.approval.role" and slot.source.id,
            "policy_ids": [fields.Command.set(policies.ids)],
            "policy_names": ", ".join(policies.mapped("name")),
            "mode": step.mode,
            "needed": needed,
            "approver_ids": [fields.Command.set(users.ids)],
            "why": self._get_why(slot, found & excluded),
            "condition": step.condition or "[]",
            "comment_required": any(one.step.comment_required for one in slots),
            "signature_required": any(one.step.signature_required for one in slots),
            "schedule": steps._prepare_schedule() or False,
        }

    @api.model
    def _get_why(self, slot, left_out):
        """Return how the people of a step were found, and who was left out."""
        if not left_out:
            return slot.why
        return self.env._(
            "%(why)s; not asked, because involved: %(names)s",
            why=slot.why,
            names=", ".join(left_out.sudo().mapped("name")),
        )

    @api.model
    def _get_no_approver_message(self, slot, excluded, needed):
        return self.env._(
            "Nobody can approve: step “%(step)s” (level %(level)s) of policy “%(policy)s” "
            "needs %(needed)s person(s) with the group “%(group)s” other than "
            "%(excluded)s, and each person decides on one level only. Add members under "
            "Sales > Configuration > Approval Roles, or change the step.",
            step=slot.name,
            level=slot.level,
            policy=slot.step.policy_id.name,
            needed=needed,
            group=self.env["sales.approval.role"]._get_approver_group().sudo().name,
            excluded=", ".join(excluded.sudo().mapped("name")),
        )

    # === Votes of an earlier round === #

    @api.model
    def _reuse_votes(self, lines, previous, measured):
        """Take over what people agreed to, where nothing got worse for them.

        Only while the terms are the same, and the same people would be asked again.

        :param list lines: values of the new steps, completed here
        :param previous: the request that decided so far, or an empty recordset
        :param dict measured: what is submitted now
        """
        previous = previous.sudo()
        if (
            previous.state not in REUSABLE
            or previous.snapshot["terms"] != measured["snapshot"]["terms"]
        ):
            return
        done = previous.line_ids.filtered(lambda line: line.state == "done")
        for vals in lines:
            for line in done:
                if self._is_reusable(line, vals, measured["metrics"]):
                    vals.update(self._prepare_reuse_vals(line))
                    break

    @api.model
    def _is_reusable(self, line, vals, metrics):
        policies = self.env["sales.approval.policy"].browse(vals["policy_ids"][0][2])
        voters = line._get_votes().user_id
        same = ("level", "name", "mode", "condition")
        return (
            all(line[name] == vals[name] for name in same)
            and line.role_id.id == vals["role_id"]
            and policies <= line.policy_ids
            and {*voters.ids} <= {*vals["approver_ids"][0][2]}
            and len(voters) >= vals["needed"]
            and not any(
                policy._is_worse(metrics, line.request_id.metrics)
                for policy in policies
            )
        )

    @api.model
    def _prepare_reuse_vals(self, line):
        origin = line.reused_from_id or line
        return {
            "state": "done",
            "reused_from_id": origin.id,
            "remark": self.env._(
                "Reused from round %(round)s: %(names)s",
                round=origin.request_id.round_no,
                names=", ".join(origin.vote_ids.user_id.mapped("name")),
            ),
        }
