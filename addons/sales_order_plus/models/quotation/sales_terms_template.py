import re

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.tools import format_date

from ...exceptions import QuotationError
from ..order.res_partner_class import CUSTOMER_CLASSES

PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


class SalesTermsTemplate(models.Model):
    """Terms and conditions for certain customers, kinds of orders and countries.

    Placeholders are names from a fixed list, never expressions: whoever writes terms
    runs nothing.
    """

    _name = "sales.terms.template"
    _inherit = ["sales.presence.mixin"]
    _description = "Terms Template"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, help="Printed with the version.")
    active = fields.Boolean(default=True, help="Archived terms are not chosen.")
    sequence = fields.Integer(default=10, help="The first that fits is taken.")
    company_id = fields.Many2one(
        "res.company", index=True, help="Only for this company; empty: for all."
    )
    body = fields.Html(
        required=True,
        translate=True,
        help="Placeholders: {{customer}}, {{company}}, {{number}}, {{valid_until}}, "
        "{{payment_terms}}, {{salesperson}}.",
    )
    version = fields.Integer(
        default=1,
        readonly=True,
        copy=False,
        help="Rises with each change of the text; quotations keep the one they got.",
    )
    customer_class = fields.Selection(
        selection=CUSTOMER_CLASSES, help="Only for these customers; empty: for all."
    )
    order_type_ids = fields.Many2many(
        "sales.order.type",
        string="Order Types",
        check_company=True,
        help="Only for these kinds of orders; empty: for all.",
    )
    country_ids = fields.Many2many(
        "res.country",
        string="Countries",
        help="Only for customers there; empty: for all.",
    )

    @api.constrains("body")
    def _check_placeholders(self):
        known = self._get_placeholder_names()
        for template in self:
            for name in PLACEHOLDER.findall(template.body or ""):
                if name not in known:
                    raise QuotationError(
                        self.env._(
                            "Body: “%(name)s” is no placeholder. Use one of: %(known)s.",
                            name=name,
                            known=", ".join(known),
                        )
                    )

    @api.model
    def _get_placeholder_names(self):
        return (
            "customer",
            "company",
            "number",
            "valid_until",
            "payment_terms",
            "salesperson",
        )

    def write(self, vals):
        if "body" not in vals:
            return super().write(vals)
        result = True
        for template in self:
            # A translation is a change of the text too.
            changed = template.body != vals["body"]
            version = template.version + changed
            result &= super(SalesTermsTemplate, template).write(
                {**vals, "version": version}
            )
        return result

    def _find(self, order):
        """Return the first of these terms that fits an order, or none."""
        country = order.partner_id.country_id
        return self.filtered(lambda template: template._fits(order, country))[:1]

    @api.model
    def _get_all(self):
        # sudo: portal users and integrations make orders too.
        terms = self.sudo()
        return terms.search([("active", "=", True)]) if terms._has_records() else terms

    def _fits(self, order, country):
        self.ensure_one()
        return (
            (not self.company_id or self.company_id == order.company_id)
            and self.customer_class in (False, order.customer_class)
            and (not self.order_type_ids or order.order_type_id in self.order_type_ids)
            and (not self.country_ids or country in self.country_ids)
        )

    def _render(self, order):
        """Return the text for an order in the language of its customer."""
        self.ensure_one()
        template = self.with_context(lang=order.partner_id.lang or self.env.lang)
        values = template._get_placeholder_values(order)
        text = PLACEHOLDER.sub(
            lambda match: str(escape(values.get(match[1], ""))), template.body or ""
        )
        return Markup(text)

    def _get_placeholder_values(self, order):
        until = order.validity_date
        lang = self.env.context.get("lang")
        return {
            "customer": order.partner_id.name or "",
            "company": order.company_id.name or "",
            "number": order.name or "",
            "valid_until": format_date(self.env, until, lang_code=lang)
            if until
            else "",
            "payment_terms": order.payment_term_id.name or "",
            "salesperson": order.user_id.name or "",
        }

    def _get_label(self, lang):
        """Return name and version as printed under the terms."""
        self.ensure_one()
        template = self.with_context(lang=lang or self.env.lang)
        return template.env._(
            "%(name)s, version %(version)s",
            name=template.name,
            version=template.version,
        )
