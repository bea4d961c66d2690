from odoo import api, models

from ..seam.sales_guard_mixin import STOPPING
from ..validation.finding import Hit
from .res_partner_status import REFUSED


class SalesValidationRule(models.Model):
    """Whom we sell to."""

    _inherit = "sales.validation.rule"

    @api.model
    def _get_check_methods(self):
        return {
            **super()._get_check_methods(),
            "customer_status": self.env._("Customer is blocked, or not for this type"),
        }


class SaleOrder(models.Model):
    """Whom we sell to."""

    _inherit = "sale.order"

    def _check_rule_customer_status(self, rule):
        """Find orders of customers whose status, or type of order, is in the way."""
        hits = {}
        for order in self:
            own = [
                hit
                for hit in (order._get_status_hit(rule), order._get_type_hit())
                if hit
            ]
            if own:
                hits[order] = own
        return hits

    def _get_status_hit(self, rule):
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id
        status = customer.sale_status
        if status in (False, "active"):
            return None
        detail = self.env._(
            "%(customer)s has the status “%(status)s”%(reason)s. Ask a compliance "
            "officer to change it.",
            customer=customer.display_name,
            status=customer._fields["sale_status"].convert_to_export(status, customer),
            reason=f" ({customer.sale_status_reason})"
            if customer.sale_status_reason
            else "",
        )
        link = ("res.partner", customer.id, customer.display_name)
        severity = self._get_status_severity(rule, status)
        return Hit(detail, links=(link,), severity=severity)

    @api.model
    def _get_status_severity(self, rule, status):
        """Return how strict a status is: what is refused is as strict as the rule.

        On hold waits for somebody who may decide, a prospect is only pointed out.
        """
        if status in REFUSED or rule.severity not in STOPPING:
            return rule.severity
        return "hold" if status == "on_hold" else "warn"

    def _get_type_hit(self):
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id
        allowed = customer.allowed_order_type_ids
        if not allowed or self.order_type_id in allowed:
            return None
        return Hit(
            self.env._(
                "%(customer)s orders only as %(allowed)s, not as %(type)s. Change the "
                "order type.",
                customer=customer.display_name,
                allowed=", ".join(allowed.mapped("name")),
                type=self.order_type_id.name or self.env._("an order without type"),
            )
        )
