from odoo import api, models

from ..validation.finding import Hit


class SalesValidationRule(models.Model):
    _inherit = "sales.validation.rule"

    @api.model
    def _get_check_methods(self):
        return {
            **super()._get_check_methods(),
            "assortment": self.env._("Product not for this customer"),
        }


class SaleOrder(models.Model):
    """Only what the customer may buy."""

    _inherit = "sale.order"

    def _check_rule_assortment(self, rule):
        entries = self.env["sales.assortment.rule"]._get_entries(self)
        hits = []
        for order in self if entries else ():
            own = entries._filter_for(order)
            for line in order._get_restricted_lines(rule) if own else ():
                hits.extend(line._get_assortment_hit(own))
        return self._group_hits(hits)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_assortment_hit(self, entries):
        self.ensure_one()
        denying = entries._get_denying(self.product_id)
        if not denying:
            return []
        detail = self.env._(
            "%(product)s may not be sold to %(customer)s: %(rule)s%(law)s. Take it off.",
            product=self.product_id.display_name,
            customer=self.order_id.partner_id.display_name,
            rule=denying.name,
            law=denying._get_law(),
        )
        return [Hit(detail, self)]
