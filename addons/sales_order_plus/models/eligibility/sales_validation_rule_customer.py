from ast import literal_eval

from odoo import api, fields, models


class SalesValidationRule(models.Model):
    """Which customers a rule is for."""

    _inherit = "sales.validation.rule"

    partner_domain = fields.Char(
        string="Customers",
        default="[]",
        tracking=True,
        help="Only for customers this filter finds; empty: for all.",
    )

    @api.constrains("partner_domain")
    def _check_partner_domain(self):
        for rule in self:
            rule._check_filter("partner_domain", "res.partner")

    @api.model
    def _is_in_scope(self, rule, order):
        if not super()._is_in_scope(rule, order):
            return False
        domain = literal_eval(rule.partner_domain or "[]")
        customer = order.partner_id.commercial_partner_id
        return not domain or bool(customer.filtered_domain(domain))
