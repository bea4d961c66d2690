from odoo import api, models

from ..validation.finding import Hit


class SalesValidationRule(models.Model):
    _inherit = "sales.validation.rule"

    @api.model
    def _get_check_methods(self):
        return {**super()._get_check_methods(), "embargo": self.env._("Embargo")}

    @api.model
    def _get_restriction_values(self):
        return {
            **super()._get_restriction_values(),
            "embargo": {
                "category": "compliance",
                "is_bypassable": False,
                # Addresses may change after confirming.
                "on_delivery": True,
                "on_proforma": True,
            },
        }


class SaleOrder(models.Model):
    """Nothing the law forbids, neither to where goods go nor to where bills go."""

    _inherit = "sale.order"

    def _check_rule_embargo(self, rule):
        entries = self.env["sales.embargo"]._get_entries(self)
        hits = []
        for order in self if entries else ():
            for embargo in entries._filter_for(order):
                hits.extend(order._get_embargo_hits(embargo, rule))
        return self._group_hits(hits)

    def _get_embargo_hits(self, embargo, rule):
        """Return a hit for each line that an address of the order forbids."""
        self.ensure_one()
        address = self._get_trade_addresses().filtered(embargo._covers)[:1]
        if not address:
            return []
        lines = self._get_rule_lines(rule)
        return [
            Hit(self._get_embargo_text(embargo, line, address), line)
            for line in lines
            if embargo._includes(line.product_id)
        ]

    def _get_embargo_text(self, embargo, line, address):
        return self.env._(
            "%(embargo)s%(law)s: %(product)s may not go to %(country)s, the country of "
            "%(address)s. This cannot be bypassed. Take it off.",
            embargo=embargo.name,
            law=embargo._get_law(),
            product=line.product_id.display_name,
            country=address.country_id.name,
            address=address.display_name,
        )
