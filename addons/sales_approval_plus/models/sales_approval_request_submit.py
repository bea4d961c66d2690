from odoo import api, fields, models

from ..exceptions import NoApproverError


class SalesApprovalRequest(models.Model):
    """Submitting: what is asked, and of whom, is frozen here."""

    _inherit = "sales.approval.request"

    @api.model
    def _submit(self, record, operation, standing, origin):
        """Create the request for ``record`` and open its first level.

        :param record: guarded document
        :param Standing standing: what hits it
        :param str origin: user, portal, payment or another path
        :return: the request, as superuser
        :raise NoApproverError: if a step has too few people who may decide
        """
        excluded = self.env.user | record._get_interested_users()
        lines = self._prepare_line_vals_list(standing.policies, record, excluded)
        if standing.request.state in ("pending", "approved"):
            standing.request._supersede()
        # sudo: nobody may create requests; the caller checked who asks.
        request = self.sudo().create(
            {
                **record._prepare_approval_document_vals(),
                **self._prepare_measured_vals(record, standing),
                "operation": operation,
                "origin": origin,
                "round_no": self._get_next_round(record),
                "line_ids": [fields.Command.create(vals) for vals in lines],
            }
        )
        record._log_event(
            "approval.submitted",
            request=request.id,
            reasons=request.reasons,
            fingerprint=request.fingerprint,
        )
        request._tell_submitted()
        request._open_next_level()
        return request

    @api.model
    def _get_next_round(self, record):
        # sudo: rounds count also where they are not yours to read.
        domain = [
            (name, "=", value)
            for name, value in record._prepare_approval_document_vals().items()
        ]
        return self.sudo().search_count(domain) + 1

    @api.model
    def _prepare_measured_vals(self, record, standing):
        snapshot = record._get_approval_snapshot()
        names = {"amount", "discount", *standing.metrics}
        metrics = record._get_approval_metrics(names)[record.id]
        return {
            "snapshot": snapshot,
            "fingerprint": record._get_approval_fingerprint(snapshot),
            "metrics": metrics,
            "amount": metrics.get("amount", 0.0),
            "discount": metrics.get("discount", 0.0),
            "policy_ids": [fields.Command.set(standing.policies.ids)],
            "reasons": [
                policy._describe_hit(standing.metrics) for policy in standing.policies
            ],
        }

    @api.model
    def _prepare_line_vals_list(self, policies, record, excluded):
        """Return the steps of all policies, each with the people of this moment.

        :raise NoApproverError: names the step and what to configure
        """
        by_key = {}
        for step in policies.step_ids.sorted():
            by_key.setdefault(step._get_merge_key(), step.browse())
            by_key[step._get_merge_key()] |= step
        used = self.env["res.users"]
        vals_list, level_used = [], used
        for key, steps in sorted(by_key.items(), key=lambda item: item[0][0]):
            if vals_list and key[0] != vals_list[-1]["level"]:
                used |= level_used
            vals = self._prepare_line_vals(steps, record, excluded, used)
            vals_list.append(vals)
            if len(vals["approver_ids"][0][2]) == vals["needed"]:
                # All of them vote here, so none of them is left for a later level.
                level_used |= self.env["res.users"].browse(vals["approver_ids"][0][2])
        return vals_list

    @api.model
    def _prepare_line_vals(self, steps, record, excluded, used):
        step = steps[0]
        users = step._get_approvers(record.sudo().company_id) - excluded
        needed = step._get_needed(len(users))
        if len(users - used) < needed:
            raise NoApproverError(self._get_no_approver_message(step, excluded, needed))
        return {
            "level": step.level,
            "name": step.approver_name,
            "role_id": step.approver_type == "role" and step.role_id.id,
            "policy_names": ", ".join(steps.policy_id.mapped("name")),
            "mode": step.mode,
            "needed": needed,
            "approver_ids": [fields.Command.set(users.ids)],
        }

    @api.model
    def _get_no_approver_message(self, step, excluded, needed):
        return self.env._(
            "Nobody can approve: step “%(step)s” (level %(level)s) of policy “%(policy)s” "
            "needs %(needed)s person(s) with the group “%(group)s” other than "
            "%(excluded)s, and each person decides on one level only. Add members under "
            "Sales > Configuration > Approval Roles, or change the step.",
            step=step.approver_name,
            level=step.level,
            policy=step.policy_id.name,
            needed=needed,
            group=self.env["sales.approval.role"]._get_approver_group().sudo().name,
            excluded=", ".join(excluded.sudo().mapped("name")),
        )
