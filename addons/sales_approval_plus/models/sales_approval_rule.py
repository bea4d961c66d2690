from odoo import api, fields, models

from .sales_approval_measure_mixin import Metric


class SalesApprovalCriterion(models.Model):
    """Policies for what validation rules of the severity *approve* find."""

    _inherit = "sales.approval.criterion"

    metric = fields.Selection(
        selection_add=[("rules", "Validation rule that wants approval")],
        ondelete={"rules": "cascade"},
    )
    rule_ids = fields.Many2many(
        "sales.validation.rule",
        string="Rules",
        domain=[("severity", "=", "approve")],
        help="Only these rules of the severity Approve; empty: every one.",
    )

    @api.model
    def _get_metric_specs(self):
        return {**super()._get_metric_specs(), "rules": Metric("rules", "is")}

    def _narrow_records(self, ids):
        if self.kind != "rules":
            return super()._narrow_records(ids)
        found = self.env["sales.validation.rule"].browse(ids).exists()
        return found & self.rule_ids if self.rule_ids else found

    def _get_wanted_records(self):
        return self.rule_ids if self.kind == "rules" else super()._get_wanted_records()


class SaleOrder(models.Model):
    """A finding that wants approval is settled once somebody has approved it."""

    _inherit = "sale.order"

    def _measure_rules(self):
        """Return {order id: sorted ids of the rules that want approval}."""
        found = self.env["sales.validation.rule"]._get_findings(self, "confirm")
        return {
            order.id: sorted(
                {one.rule_id for one in found.get(order.id, ()) if _wants_approval(one)}
            )
            for order in self
        }

    def _get_guard_findings(self, operation, baseline=None):
        findings = super()._get_guard_findings(operation, baseline)
        if operation != "confirm" or not any(map(_wants_any, findings.values())):
            return findings
        return self._drop_approved(findings)

    def _drop_approved(self, findings):
        """Leave out what was measured by a request that lets the order pass."""
        standings = self._get_approval_standings("confirm")
        result = dict(findings)
        for order_id, standing in standings.items():
            if standing.passes:
                settled = standing.metrics.get("rules", ())
                result[order_id] = [
                    one
                    for one in findings.get(order_id, ())
                    if not (_wants_approval(one) and one.rule_id in settled)
                ]
        return result


def _wants_approval(finding):
    return finding.severity == "approve" and getattr(finding, "rule_id", False)


def _wants_any(findings):
    return any(map(_wants_approval, findings))
