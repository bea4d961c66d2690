from unittest.mock import patch

from ...models.seam.sales_guard_mixin import Finding
from ..common import SalesPlusCommon


class GuardCommon(SalesPlusCommon):
    """Put a finding against all orders of one customer, as a rule would."""

    def _stop_orders(self, partner=None, severity="block", operations=("confirm",)):
        partner = partner or self.customer
        order_class = self.env.registry["sale.order"]
        core = order_class._get_guard_findings

        def _get_guard_findings(orders, operation, baseline=None):
            findings = core(orders, operation, baseline)
            if operation in operations:
                for order in orders.filtered(lambda o: o.partner_id == partner):
                    finding = Finding("test.stop", "Too large: ask Ann.", severity)
                    findings = {**findings, order.id: [finding]}
            return findings

        patcher = patch.object(order_class, "_get_guard_findings", _get_guard_findings)
        patcher.start()
        self.addCleanup(patcher.stop)
        return patcher

    def _get_events(self, records, code=None):
        domain = [("model", "=", records._name), ("res_id", "in", records.ids)]
        if code:
            domain.append(("code", "=", code))
        return self.env["sales.audit.event"].search(domain, order="id")

    def _get_gate_codes(self, order):
        """Return what the gate told of the order, in its order, and nothing else."""
        gate = ("order.held", "order.confirmed", "guard.refused", "guard.released")
        codes = self._get_events(order).mapped("code")
        return [code for code in codes if code in gate]
