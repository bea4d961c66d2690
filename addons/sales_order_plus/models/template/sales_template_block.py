import re
from ast import literal_eval

from lxml import html
from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import is_html_empty

from ...exceptions import QuotationTemplateError

PLACEHOLDER = re.compile(r"\{\{\s*(.*?)\s*\}\}", re.DOTALL)


def _list_names(names):
    return ", ".join("{{" + name + "}}" for name in names)


class SalesTemplateBlock(models.Model):
    """A paragraph of a quotation template for the quotations of a domain.

    Nothing in it is evaluated: a placeholder is one of a fixed list of names, and
    the domain holds nothing but values.
    """

    _name = "sales.template.block"
    _description = "Block of a Quotation Template"
    _order = "template_id, sequence, id"

    name = fields.Char(
        required=True, help="For your own lists; customers do not see it."
    )
    sequence = fields.Integer(default=10, help="Order on the quotation.")
    active = fields.Boolean(default=True, help="Archived blocks are not shown.")
    template_id = fields.Many2one(
        "sale.order.template",
        string="Quotation Template",
        required=True,
        index=True,
        ondelete="cascade",
        help="Quotations of this template show the block.",
    )
    company_id = fields.Many2one(
        related="template_id.company_id", help="Company of the quotation template."
    )
    position = fields.Selection(
        selection=[("before", "Before the lines"), ("after", "After the lines")],
        required=True,
        default="before",
        help="Where on the quotation it stands.",
    )
    domain = fields.Char(
        string="Shown If",
        default="[]",
        help="Only quotations that match show the block; empty: all of the template.",
    )
    body = fields.Html(
        translate=True,
        help="The text, with placeholders such as {{customer}}. Those there are: "
        "amount_saved, company, contact, customer, expiration, order, reference, "
        "salesperson, total, untaxed.",
    )

    # === Checks === #

    @api.constrains("body")
    def _check_body(self):
        for block in self:
            block._check_placeholders(str(block.body or ""))

    def _check_placeholders(self, body):
        known = set(self.env["sale.order"]._get_block_placeholders())
        asked = PLACEHOLDER.findall(body)
        unknown = [name for name in asked if name not in known]
        if unknown or "{{" in PLACEHOLDER.sub("", body):
            raise QuotationTemplateError(
                self.env._(
                    "Body: %(block)s has the unknown placeholder %(unknown)s. Use one "
                    "of: %(known)s.",
                    block=self.name,
                    unknown=_list_names(unknown) or "{{",
                    known=_list_names(sorted(known)),
                ),
                field="body",
                placeholders=unknown,
            )
        if self._has_placeholder_in_attribute(body):
            raise QuotationTemplateError(
                self.env._(
                    "Body: %(block)s has a placeholder in a link or an image. Write "
                    "it into the text.",
                    block=self.name,
                ),
                field="body",
            )

    @staticmethod
    def _has_placeholder_in_attribute(body):
        """A value of the customer's must not become the target of a link."""
        nodes = html.fragments_fromstring(body, no_leading_text=False) if body else []
        return any(
            "{{" in value
            for node in nodes
            if not isinstance(node, str)
            for element in node.iter()
            for value in element.attrib.values()
        )

    @api.constrains("domain")
    def _check_domain(self):
        orders = self.env["sale.order"]
        for block in self:
            try:
                # As who writes it: a domain must not ask what he may not read.
                orders.search(block._get_domain(), limit=1)
            except (ValueError, TypeError, SyntaxError, KeyError) as error:
                raise QuotationTemplateError(
                    self.env._(
                        "Shown If: %(block)s has a condition that cannot be used: "
                        "%(reason)s. Choose the fields in the editor.",
                        block=block.name,
                        reason=error,
                    ),
                    field="domain",
                ) from error

    def _get_domain(self):
        """Return the condition; nothing in it is evaluated but plain values."""
        self.ensure_one()
        return Domain(literal_eval((self.domain or "[]").strip()))

    # === Showing === #

    def _is_shown_on(self, order):
        self.ensure_one()
        return bool(order.filtered_domain(self._get_domain()))

    def _render(self, values):
        """Return the text with the values in place of their names."""
        self.ensure_one()
        if is_html_empty(self.body):
            return Markup()
        return Markup(
            PLACEHOLDER.sub(
                lambda match: escape(values.get(match[1], match[0])), str(self.body)
            )
        )
