from odoo import models

from ..exceptions import NoApproverError
from .sales_approval_measure_mixin import SETS
from .sales_guard_mixin import ASKABLE


class SaleOrder(models.Model):
    """Who would be asked, and why, before anything is submitted."""

    _inherit = "sale.order"

    def action_preview_approval(self):
        """Return what the policies say about these orders, and who would decide.

        Nothing is written. The steps are those that submitting would create now.

        :return: list of dictionaries, one an order: ``id``, ``name``, ``state`` (as
            ``approval_state``), ``policies`` (list of ``id``, ``name``, ``outcome`` and
            ``conditions``: ``metric``, ``value``, ``operator``, ``limit``, ``met`` and
            ``text``; amounts in company currency, the rest in percent, days or a
            number), ``steps`` (list of ``level``, ``name``, ``approvers``, ``needed``,
            ``mode``, ``why``, ``state`` and ``remark``) and ``problem`` (why nobody
            may decide, or False)
        :raise AccessError: for who may not read policies, such as the customer
        """
        self.check_access("read")
        # A customer reads his order, but not what is said about it here.
        self.env["sales.approval.policy"].check_access("read")
        standings = self._get_approval_standings("confirm")
        return [order._prepare_preview(standings.get(order.id)) for order in self]

    def _prepare_preview(self, standing):
        self.ensure_one()
        preview = {
            "id": self.id,
            "name": self.name,
            "state": standing.state if standing else "not_required",
            "policies": [],
            "steps": [],
            "problem": False,
        }
        if not standing:
            return preview
        hits = standing.policies
        if standing.automatic:
            hits = standing.automatic | hits
        preview["policies"] = [
            policy._prepare_preview(standing.metrics) for policy in hits
        ]
        if standing.state in ASKABLE:
            preview.update(self._preview_steps(standing))
        elif standing.request.state == "pending":
            lines = standing.request.line_ids
            preview["steps"] = [line._prepare_preview() for line in lines]
        return preview

    def _preview_steps(self, standing):
        """Return the steps that submitting would create, or why it would fail."""
        requests = self.env["sales.approval.request"]
        try:
            vals = requests._prepare_request_vals(
                self,
                standing,
                self.env.user,
                requests._prepare_measured_vals(self, {self.id: standing})[self.id],
                requests._get_next_rounds(self)[self.id],
            )
        except NoApproverError as error:
            return {"problem": str(error)}
        lines = self.env["sales.approval.line"]
        return {
            "steps": [
                lines._prepare_vals_preview(self, command[2])
                for command in vals["line_ids"]
            ]
        }

    def action_open_approval_preview(self):
        """Open the dialog that says who will decide.

        :return: window action
        """
        self.ensure_one()
        preview = self.env["sales.approval.preview"]._create_for(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who Will Approve?"),
            "res_model": preview._name,
            "res_id": preview.id,
            "view_mode": "form",
            "target": "new",
        }


class SalesApprovalPolicy(models.Model):
    _inherit = "sales.approval.policy"

    def _prepare_preview(self, metrics):
        """Return the policy with what was measured, as plain data."""
        self.ensure_one()
        return {
            "id": self.id,
            "name": self.name,
            "outcome": self.outcome,
            "conditions": [one._prepare_preview(metrics) for one in self.criterion_ids],
        }


class SalesApprovalCriterion(models.Model):
    _inherit = "sales.approval.criterion"

    def _prepare_preview(self, metrics):
        self.ensure_one()
        value = metrics[self.metric]
        return {
            "metric": self.metric,
            "value": value,
            "operator": self.operator,
            "limit": self._get_wanted_records().ids
            if self.kind in SETS
            else self.value,
            "met": self._is_reached(value),
            "text": self._describe(value),
        }


class SalesApprovalLine(models.Model):
    _inherit = "sales.approval.line"

    def _prepare_preview(self):
        """Return the step as plain data."""
        self.ensure_one()
        return {
            "level": self.level,
            "name": self.name,
            "approvers": self.approver_ids.mapped("name"),
            "needed": self.needed,
            "mode": self.mode,
            "why": self.why,
            "state": self.state,
            "remark": self.remark,
        }

    def _prepare_vals_preview(self, record, vals):
        """Return the same for the values of a step that does not exist yet."""
        users = self.env["res.users"].sudo().browse(vals["approver_ids"][0][2])
        preview = {
            "level": vals["level"],
            "name": vals["name"],
            "approvers": users.mapped("name"),
            "needed": vals["needed"],
            "mode": vals["mode"],
            "why": vals["why"],
            "state": vals.get("state", "waiting"),
            "remark": vals.get("remark", False),
        }
        steps = self.env["sales.approval.step"]
        if preview["state"] == "waiting" and not steps._matches(
            record, vals["condition"]
        ):
            preview.update(state="skipped", remark=self._get_skip_remark())
        return preview
