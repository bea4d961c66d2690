import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SalesDutyRule(models.Model):
    """What a country asks for goods of a tariff number, to estimate it for a customer."""

    _name = "sales.duty.rule"
    _description = "Duty Rule"
    _order = "country_id, hs_prefix, id"

    name = fields.Char(required=True, translate=True, help="Shown in lists.")
    active = fields.Boolean(default=True, help="Archived rules are not used.")
    company_id = fields.Many2one(
        "res.company", index=True, help="Only for this company; empty: for all."
    )
    country_id = fields.Many2one(
        "res.country", string="Destination", help="Country the goods go to."
    )
    country_group_id = fields.Many2one(
        "res.country.group",
        string="Destinations",
        help="Group of countries the goods go to, such as a customs union.",
    )
    hs_prefix = fields.Char(
        string="HS Code begins with",
        help="Digits of the tariff number; the longest match counts. Empty: all goods.",
    )
    origin_id = fields.Many2one("res.country", help="Only for goods of this origin.")
    duty_percent = fields.Float(
        string="Duty (%)", digits=(16, 4), help="Of the value of the goods."
    )
    vat_percent = fields.Float(
        string="Import Tax (%)", digits=(16, 4), help="Of value and duty together."
    )
    date_from = fields.Date(help="First day it is in force; empty: always was.")
    date_to = fields.Date(help="Last day it is in force; empty: until further notice.")

    _percent_range = models.Constraint(
        "CHECK (duty_percent >= 0 AND vat_percent >= 0)",
        "Duty, Import Tax: a percentage is 0 or more.",
    )
    _dates = models.Constraint(
        "CHECK (date_to IS NULL OR date_from IS NULL OR date_to >= date_from)",
        "Last day: it lies before the first day.",
    )

    @api.constrains("hs_prefix")
    def _check_hs_prefix(self):
        for rule in self.filtered("hs_prefix"):
            if not re.fullmatch(r"[0-9. ]{1,16}", rule.hs_prefix):
                raise ValidationError(
                    self.env._(
                        "HS Code begins with: “%s” is no tariff number. "
                        "Enter digits, such as 6109.",
                        rule.hs_prefix,
                    )
                )

    @api.model
    def _get_rules(self, order):
        """Return the rules for the order's destination on its day, best first."""
        country = order.partner_shipping_id.country_id
        day = (order.date_order or fields.Datetime.now()).date()
        rules = self.sudo().search(
            [
                ("company_id", "in", (False, order.company_id.id)),
                "|",
                ("country_id", "=", country.id),
                "&",
                ("country_id", "=", False),
                ("country_group_id", "in", [False, *country.country_group_ids.ids]),
                "|",
                ("date_from", "=", False),
                ("date_from", "<=", day),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", day),
            ]
        )
        return rules.sorted(lambda rule: rule._get_rank(), reverse=True)

    def _get_rank(self):
        self.ensure_one()
        return (
            len(self._get_digits(self.hs_prefix)),
            bool(self.country_id),
            bool(self.country_group_id),
            bool(self.origin_id),
            bool(self.company_id),
        )

    @staticmethod
    def _get_digits(code):
        return re.sub(r"\D", "", code or "")

    def _match(self, product):
        """Return the first of these sorted rules that is for the product."""
        code = self._get_digits(product.hs_code)
        for rule in self:
            fits = code.startswith(self._get_digits(rule.hs_prefix))
            if fits and rule.origin_id in (
                product.country_of_origin,
                self.origin_id[:0],
            ):
                return rule
        return self[:0]

    def _get_amounts(self, value, order):
        """Return (duty, import tax) of goods of ``value``; nothing without a rule."""
        if not self:
            return 0.0, 0.0
        rounding = order.currency_id.round
        duty = rounding(value * self.duty_percent / 100)
        return duty, rounding((value + duty) * self.vat_percent / 100)
