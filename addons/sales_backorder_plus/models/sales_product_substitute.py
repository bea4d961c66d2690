from odoo import api, fields, models
from odoo.fields import Domain


class SalesProductSubstitute(models.Model):
    """A product that may be delivered instead of another one, and on which terms."""

    _name = "sales.product.substitute"
    _description = "Substitute"
    _inherit = ["sales.presence.mixin"]
    _order = "sequence, id"
    _rec_name = "substitute_id"

    sequence = fields.Integer(default=10, help="The first is proposed first.")
    active = fields.Boolean(default=True, help="Archived ones are not proposed.")
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: all companies."
    )
    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        help="What may be short.",
    )
    substitute_id = fields.Many2one(
        "product.product",
        string="Instead",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        help="What may be delivered instead.",
    )
    ratio = fields.Float(
        default=1.0,
        digits=(16, 4),
        help="How many units of the substitute stand for one unit of the product, each "
        "in its own unit: 0.5 for a double pack.",
    )
    reversible = fields.Boolean(
        help="The product may also stand in for the substitute."
    )
    price_rule = fields.Selection(
        selection=[
            ("keep", "As ordered"),
            ("list", "Its own price"),
            ("lower", "The lower of both"),
        ],
        default="keep",
        required=True,
        help="What the customer pays for the substitute.",
    )
    customer_visible = fields.Boolean(
        default=True, help="Customers may choose it on their page."
    )
    date_from = fields.Date(help="First day it may be proposed; empty: at once.")
    date_to = fields.Date(help="Last day it may be proposed; empty: no end.")

    _check_ratio = models.Constraint(
        "CHECK(ratio > 0)", "Ratio: give a number above 0."
    )
    _check_other = models.Constraint(
        "CHECK(product_id != substitute_id)", "Instead: choose another product."
    )
    _pair_uniq = models.UniqueIndex(
        "(product_id, substitute_id, COALESCE(company_id, 0))",
        "This substitute is listed already.",
    )

    @api.model
    def _get_for(self, product, company, day):
        """Return what may stand in for a product on a day, the best listed first.

        Listed ones come first, then those that stand in the other way round, then the
        alternatives that the shop shows, if there is one.

        :return: list of dicts with ``product``, ``ratio``, ``price_rule`` and ``visible``
        """
        rows = []
        if self._has_records():
            rows += self._get_listed(product, company, day)
        known = {row["product"] for row in rows} | {product}
        template = product.product_tmpl_id
        # Of the web shop, which may not be there.
        others = (
            template["alternative_product_ids"]
            if "alternative_product_ids" in template
            else template.browse()
        )
        for other in others.product_variant_id:
            if other not in known and other.sale_ok:
                rows.append(self._prepare_substitute(other, 1.0, "list", True))
        return rows

    @api.model
    def _get_listed(self, product, company, day):
        # sudo: also customers are shown what may stand in.
        found = self.sudo().search(
            Domain("company_id", "in", (False, company.id))
            & (Domain("date_from", "=", False) | Domain("date_from", "<=", day))
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", day))
            & (
                Domain("product_id", "=", product.id)
                | Domain("substitute_id", "=", product.id)
                & Domain("reversible", "=", True)
            )
        )
        rows, seen = [], set()
        for one in found.sorted(lambda one: one.product_id != product):
            straight = one.product_id == product
            other = one.substitute_id if straight else one.product_id
            if other.id in seen or not other.sale_ok or not other.active:
                continue
            seen.add(other.id)
            ratio = one.ratio if straight else 1 / one.ratio
            rows.append(
                self._prepare_substitute(
                    other, ratio, one.price_rule, one.customer_visible
                )
            )
        return rows

    @api.model
    def _prepare_substitute(self, product, ratio, price_rule, visible):
        return {
            "product": product,
            "ratio": ratio,
            "price_rule": price_rule,
            "visible": visible,
        }
