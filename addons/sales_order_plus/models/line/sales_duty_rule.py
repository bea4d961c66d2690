import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache

# What tells whether a duty meets goods, and how high it is.
TERMS = (
    "name",
    "sequence",
    "origin_country_ids",
    "hs_code_prefix",
    "categ_id",
    "percent",
    "vat_percent",
    "threshold",
    "currency_id",
)


class SalesDutyRule(models.Model):
    """What a country levies on goods that are brought in, as an estimate."""

    _name = "sales.duty.rule"
    _inherit = ["sales.cached.mixin"]
    _description = "Import Duty"
    _order = "sequence, id"

    name = fields.Char(
        required=True, translate=True, help="Shown to the customer with the estimate."
    )
    sequence = fields.Integer(
        default=10,
        help="The first duty that fits a line counts; of several with one place in the "
        "list, the one with the longest HS code.",
    )
    active = fields.Boolean(default=True, help="Archived duties are not estimated.")
    company_id = fields.Many2one(
        "res.company", index=True, help="Only for this company; empty: for all."
    )
    country_ids = fields.Many2many(
        "res.country",
        string="Into",
        help="Countries of delivery that levy it; empty: all abroad.",
    )
    origin_country_ids = fields.Many2many(
        "res.country",
        "sales_duty_rule_origin_rel",
        string="Made in",
        help="Only goods of these countries of origin; empty: all.",
    )
    hs_code_prefix = fields.Char(
        string="HS Code",
        help="Only goods whose HS code begins like this, such as 8471; empty: all.",
    )
    categ_id = fields.Many2one(
        "product.category",
        string="Product Category",
        help="Only goods of this category or one below; empty: all.",
    )
    percent = fields.Float(
        string="Duty (%)", digits=(5, 2), help="Duty in percent of the untaxed amount."
    )
    vat_percent = fields.Float(
        string="Import Tax (%)",
        digits=(5, 2),
        help="Tax on imports in percent of the untaxed amount and the duty together.",
    )
    threshold = fields.Monetary(
        string="Free up to",
        help="No duty if the goods of the order are worth this or less.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="Currency of the threshold.",
    )
    date_from = fields.Date(
        string="Valid from", help="First day of the duty; empty: always."
    )
    date_to = fields.Date(
        string="Valid until", help="Last day of the duty; empty: open."
    )

    _percent_positive = models.Constraint(
        "CHECK (percent BETWEEN 0 AND 1000 AND COALESCE(vat_percent, 0) BETWEEN 0 AND "
        "1000)",
        "Duty (%), Import Tax (%): give a rate from 0 to 1000 percent.",
    )
    _dates_ordered = models.Constraint(
        "CHECK (date_from IS NULL OR date_to IS NULL OR date_from <= date_to)",
        "Valid until: it must not be before Valid from.",
    )

    @api.constrains("hs_code_prefix")
    def _check_hs_code_prefix(self):
        for rule in self.filtered("hs_code_prefix"):
            if not re.fullmatch(r"[0-9. ]{1,16}", rule.hs_code_prefix):
                raise ValidationError(
                    self.env._(
                        "HS Code: “%s” is no tariff number. Enter digits, such as 6109.",
                        rule.hs_code_prefix,
                    )
                )

    @api.model
    def _get_rules(self, order):
        """Return the duties that may meet ``order``; their terms are read already."""
        if not self._has_records():
            return self.browse()
        date = fields.Date.context_today(order, order.date_order)
        country = order.partner_shipping_id.country_id
        terms = self._get_terms(order.company_id.id, country.id, date, self.env.lang)
        rules = self.browse(terms)
        for rule in rules:
            rule._remember_terms(terms[rule.id])
        return rules

    def _remember_terms(self, terms):
        """Give this rule the values it has in the database, without asking again."""
        origins = self.env["res.country"].browse(terms["origin_country_ids"])
        values = {**terms, "origin_country_ids": origins}
        self._update_cache(values, validate=False)

    @api.model
    @ormcache("self._get_version()", "company_id", "country_id", "date", "lang")
    def _get_terms(self, company_id, country_id, date, lang):
        """Return {id: terms} of what is levied there that day, the first one first."""
        # sudo: kept for everybody; the domain names the company.
        rules = self.sudo().search(
            Domain("company_id", "in", [False, company_id])
            & Domain("country_ids", "in", [False, country_id])
            & (Domain("date_from", "=", False) | Domain("date_from", "<=", date))
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", date))
        )
        rules = rules.sorted(lambda rule: (rule.sequence, -len(rule._get_prefix())))
        rows = rules.with_context(lang=lang).read(TERMS, load=None)
        return {row.pop("id"): row for row in rows}

    def _get_prefix(self):
        return self._get_digits(self.hs_code_prefix)

    @api.model
    def _get_digits(self, code):
        return re.sub(r"\D", "", code or "")

    def _get_first_match(self, line):
        return next((rule for rule in self if rule._matches(line)), self.browse())

    def _matches(self, line):
        self.ensure_one()
        product = line.product_id
        origins = self.origin_country_ids
        return (
            product.type == "consu"
            and (not origins or product.country_of_origin in origins)
            and self._get_digits(product.hs_code).startswith(self._get_prefix())
            and self._has_category(product)
        )

    def _has_category(self, product):
        root = self.categ_id
        return not root or product.categ_id._is_within(root.ids)

    def _get_amounts(self, value, order):
        """Return (duty, import tax) of goods of ``value``, in the order's currency."""
        self.ensure_one()
        rounding = order.currency_id.round
        duty = rounding(value * self.percent / 100)
        return duty, rounding((value + duty) * self.vat_percent / 100)

    def _is_due(self, order, base):
        self.ensure_one()
        free = self.currency_id._convert(
            self.threshold, order.currency_id, order.company_id, order.date_order
        )
        return order.currency_id.compare_amounts(base, free) > 0

    def _prepare_duty_row(self, lines):
        """Return what the lines, all of one order, would cost by this rule."""
        self.ensure_one()
        order = lines.order_id
        amounts = [self._get_amounts(line.price_subtotal, order) for line in lines]
        return {
            "name": self.name,
            "percent": self.percent,
            "base": order.currency_id.round(sum(lines.mapped("price_subtotal"))),
            "duty": order.currency_id.round(sum(duty for duty, _tax in amounts)),
        }
