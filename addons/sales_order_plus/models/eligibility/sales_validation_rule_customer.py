from ast import literal_eval

from odoo import api, fields, models
from odoo.fields import Domain

from ...exceptions import ValidationRuleError


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
            try:
                domain = Domain(literal_eval(rule.partner_domain or "[]"))
                domain.validate(self.env["res.partner"])
            except (ValueError, TypeError, SyntaxError, KeyError) as error:
                raise ValidationRuleError(
                    self.env._(
                        "Customers of “%(rule)s”: %(error)s",
                        rule=rule.name,
                        error=error,
                    ),
                    field="partner_domain",
                ) from error

    @api.model
    def _is_in_scope(self, rule, order):
        if not super()._is_in_scope(rule, order):
            return False
        domain = literal_eval(rule.partner_domain or "[]")
        customer = order.partner_id.commercial_partner_id
        return not domain or bool(customer.filtered_domain(domain))
