from odoo import api, models

from ..seam.sales_guard_mixin import Finding


class SaleOrder(models.Model):
    """Orders of customers over their limit wait for a credit controller."""

    _inherit = "sale.order"

    def _get_guard_findings(self, operation, baseline=None):
        findings = dict(super()._get_guard_findings(operation, baseline))
        if operation in ("confirm", "amend"):
            found = self._get_credit_findings(operation, baseline or {})
            for order_id, own in found.items():
                findings[order_id] = [*findings.get(order_id, ()), *own]
        return findings

    @api.model
    def _is_gate_shared(self):
        # sudo: settings of the company are for managers to read.
        checked = self.env.company.sudo().credit_check not in (False, "none")
        return checked or super()._is_gate_shared()

    def _get_guard_baseline(self, operation):
        baseline = super()._get_guard_baseline(operation)
        if operation != "amend":
            return baseline
        checked = self.filtered(lambda order: order._is_credit_checked()).sudo()
        return {
            **baseline,
            **{
                order.id: {
                    **baseline.get(order.id, {}),
                    "credit": order._get_credit_amount(),
                }
                for order in checked
            },
        }

    def _guard_ensure(self, operation, baseline=None):
        if operation in ("confirm", "amend"):
            self._lock_debtors()
        return super()._guard_ensure(operation, baseline)

    def _lock_debtors(self):
        """Make orders of one debtor pass one after the other."""
        debtors = self.env["res.partner"]
        for order in self.filtered(lambda one: one._is_credit_checked()):
            debtors |= order.sudo()._get_debtor()
        debtors._pass_one_by_one()

    # === Findings === #

    def _get_credit_findings(self, operation, baseline):
        """Return {order id: [Finding]} of the orders no release covers."""
        orders = self.sudo()
        standings = orders._get_credit_standings()
        if operation == "amend":
            standings = {
                order_id: standing
                for order_id, standing in standings.items()
                if standing.own > baseline.get(order_id, {}).get("credit", 0.0)
            }
        found = {
            order.id: order._get_credit_findings_of(standings[order.id])
            for order in orders
            if order.id in standings
        }
        found = {order_id: own for order_id, own in found.items() if own}
        return self._drop_released(found, standings)

    def _drop_released(self, found, standings):
        if not found:
            return found
        releases = self.env["sales.order.release"].sudo()
        for release in releases.search(
            [("order_id", "in", list(found)), ("kind", "=", "credit")]
        ):
            order, standing = release.order_id, standings[release.order_id.id]
            currency = order.company_id.currency_id
            if (
                release.partner_id == order._get_debtor()
                and currency.compare_amounts(standing.own, release.amount) <= 0
            ):
                found.pop(order.id, None)
        return found

    def _get_credit_findings_of(self, standing):
        self.ensure_one()
        check = self.company_id.credit_check
        severity = "hold" if check in (False, "none") else check
        findings = []
        if standing.hold == "on":
            severity = "block" if severity == "block" else "hold"
            findings.append(("credit.hold", self._get_hold_message()))
        elif standing.overdue:
            findings.append(("credit.overdue", self._get_overdue_message(standing)))
        if standing.hold != "on" and self._is_over_limit(standing):
            findings.append(("credit.limit", self._get_limit_message(standing)))
        step = self._get_credit_step(severity)
        return [Finding(code, f"{text} {step}", severity) for code, text in findings]

    def _get_credit_step(self, severity):
        if severity == "block":
            return self.env._("Collect what is open or lower the order.")
        if severity == "warn":
            return self.env._("You may go on.")
        return self.env._("Ask a credit controller to release it.")

    def _get_hold_message(self):
        return self.env._(
            "Credit: %(partner)s is on credit hold.",
            partner=self._get_debtor().display_name,
        )

    def _get_overdue_message(self, standing):
        return self.env._(
            "Credit: %(partner)s has %(amount)s overdue for more than %(days)s days.",
            partner=self._get_debtor().display_name,
            amount=self.company_id.currency_id.format(standing.overdue),
            days=self.company_id.credit_overdue_days,
        )

    def _get_limit_message(self, standing):
        currency = self.company_id.currency_id
        return self.env._(
            "Credit limit: %(partner)s owes %(owed)s, this order adds %(own)s, "
            "the limit is %(limit)s (%(over)s over it).",
            partner=self._get_debtor().display_name,
            owed=currency.format(standing.owed),
            own=currency.format(standing.own),
            limit=currency.format(standing.limit),
            over=currency.format(standing.exposure - standing.limit),
        )
