from odoo import models

from ..seam.sales_guard_mixin import Finding


class SaleOrder(models.Model):
    """What lines and cargo say against an order, as strict as the company wants."""

    _inherit = "sale.order"

    def _get_guard_findings(self, operation, baseline=None):
        findings = dict(super()._get_guard_findings(operation, baseline))
        if operation == "confirm":
            found = self._get_line_findings()
        elif operation == "amend":
            found = self._get_quantity_amend_findings(baseline or {})
        else:
            return findings
        for order_id, own in found.items():
            findings[order_id] = [*findings.get(order_id, ()), *own]
        return findings

    def _get_guard_baseline(self, operation):
        baseline = super()._get_guard_baseline(operation)
        if operation != "amend":
            return baseline
        strict = self._get_quantity_strict()
        issues = strict.order_line._get_qty_issues()
        return {
            **baseline,
            **{
                order.id: {
                    **baseline.get(order.id, {}),
                    "qty_issues": [x.id for x in issues if x.order_id == order],
                }
                for order in strict
            },
        }

    def _get_quantity_strict(self):
        # sudo: who changes an order need not see the settings of its company.
        return self.filtered(lambda o: o.company_id.sudo().sales_qty_check == "block")

    def _get_line_findings(self):
        """Return {order id: [Finding]} against confirming."""
        issues = self.order_line._get_qty_issues()
        findings = {}
        for order in self:
            own = [
                *order._prepare_quantity_findings(issues),
                *order._prepare_cargo_findings(),
            ]
            if own:
                findings[order.id] = own
        return findings

    def _prepare_quantity_findings(self, issues):
        severity = self.company_id.sudo().sales_qty_check
        if severity == "none":
            return []
        return [
            Finding("min_qty", line._get_qty_issue_message(*issue), severity)
            for line, issue in issues.items()
            if line.order_id == self
        ]

    def _prepare_cargo_findings(self):
        company = self.company_id.sudo()
        found = (
            ("hazmat_carrier", company.sales_hazmat_check, self._get_hazmat_issue),
            (
                "mixed_temperature",
                company.sales_temperature_check,
                self._get_temperature_issue,
            ),
        )
        return [
            Finding(code, issue, severity)
            for code, severity, get_issue in found
            if severity != "none" and (issue := get_issue())
        ]

    def _get_quantity_amend_findings(self, baseline):
        """Return findings of lines that a change made too small.

        What stood before the change is no obstacle, and a line may always be closed
        at what was delivered.
        """
        issues = self._get_quantity_strict().order_line._get_qty_issues()
        findings = {}
        for line, issue in issues.items():
            before = baseline.get(line.order_id.id, {}).get("qty_issues", ())
            closing = line.product_uom_id.compare(
                line.product_uom_qty, line.qty_delivered
            )
            if line.id not in before and closing > 0:
                message = line._get_qty_issue_message(*issue)
                finding = Finding("min_qty", message, "block")
                findings.setdefault(line.order_id.id, []).append(finding)
        return findings


class SaleOrderLine(models.Model):
    """Quantity remarks as findings."""

    _inherit = "sale.order.line"

    def _get_qty_issues(self):
        """Return {line: (remark, suggested quantity)} of the lines that have one."""
        agreed = self._get_customer_products()
        stepped = self._get_stepped(agreed)
        issues = {line: line._get_qty_issue(agreed.get(line)) for line in stepped}
        return {line: issue for line, issue in issues.items() if issue[0]}

    def _get_qty_issue_message(self, issue, suggested):
        self.ensure_one()
        return self.env._(
            "Quantity: %(product)s, %(issue)s. Round up to %(quantity)s %(unit)s.",
            product=self.product_id.display_name,
            issue=issue,
            quantity=f"{suggested:g}",
            unit=self.product_uom_id.name,
        )
