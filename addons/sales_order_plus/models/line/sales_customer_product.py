from odoo import api, fields, models
from odoo.fields import Domain

# What tells whether an agreement meets a line, and what it says.
TERMS = (
    "partner_id",
    "product_tmpl_id",
    "product_id",
    "company_id",
    "customer_code",
    "min_qty",
    "multiple_qty",
)


class SalesCustomerProduct(models.Model):
    """What a customer calls a product, and which quantities he agreed to."""

    _name = "sales.customer.product"
    _inherit = ["sales.presence.mixin"]
    _description = "Customer's Product"
    _order = "partner_id, product_tmpl_id, id"
    _check_company_auto = True
    _rec_names_search = ["customer_code", "customer_name"]

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        help="Counts for the company of this contact and all its contacts.",
    )
    product_tmpl_id = fields.Many2one(
        "product.template",
        string="Product",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        help="Our product.",
    )
    product_id = fields.Many2one(
        "product.product",
        string="Variant",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('product_tmpl_id', '=', product_tmpl_id)]",
        help="Only this variant; empty: all variants.",
    )
    customer_code = fields.Char(
        string="Customer's Number",
        help="Number under which the customer orders the product; found in Scan/SKU "
        "and printed beside our number.",
    )
    customer_name = fields.Char(
        string="Customer's Name", help="What the customer calls the product."
    )
    min_qty = fields.Float(
        string="Minimum",
        digits="Product Unit",
        help="Least quantity agreed, in the unit of the product; 0: as the product.",
    )
    multiple_qty = fields.Float(
        string="Multiples of",
        digits="Product Unit",
        help="Step agreed, in the unit of the product; 0: as the product.",
    )
    company_id = fields.Many2one(
        "res.company", index=True, help="Only for this company; empty: for all."
    )
    active = fields.Boolean(default=True, help="Archived agreements do not count.")

    _qty_positive = models.Constraint(
        "CHECK (min_qty >= 0 AND multiple_qty >= 0)",
        "Minimum, Multiples of: give 0 or more.",
    )
    _product_uniq = models.UniqueIndex(
        "(partner_id, product_tmpl_id, COALESCE(product_id, 0), "
        "COALESCE(company_id, 0)) WHERE active",
        "Product: this customer has an agreement on it already.",
    )

    @api.depends("customer_code", "customer_name", "product_tmpl_id")
    def _compute_display_name(self):
        for agreed in self:
            name = agreed.customer_name or agreed.product_tmpl_id.name
            code = agreed.customer_code
            agreed.display_name = f"[{code}] {name}" if code else name

    @api.model
    def _get_by_line(self, lines):
        """Return {line: agreement} in one search; lines without one are missing."""
        if not self._has_records():
            return {}
        partners = lines.order_id.partner_id.commercial_partner_id
        templates = lines.product_id.product_tmpl_id
        if not partners or not templates:
            return {}
        found = self.search_fetch(
            Domain("partner_id", "in", partners.ids)
            & Domain("product_tmpl_id", "in", templates.ids)
            & Domain("company_id", "in", [False, *lines.company_id.ids]),
            TERMS,
        )
        if not found:
            return {}
        agreed = {line: found._get_best(line) for line in lines}
        return {line: best for line, best in agreed.items() if best}

    def _get_best(self, line):
        """Return what fits ``line`` most narrowly: variant before product."""
        product, order = line.product_id._origin, line.order_id
        fitting = self.filtered(
            lambda a: (
                a.partner_id == order.partner_id.commercial_partner_id
                and a.product_tmpl_id == product.product_tmpl_id
                and (not a.product_id or a.product_id == product)
                and (not a.company_id or a.company_id == order.company_id)
            )
        )
        return fitting.sorted(lambda a: (not a.product_id, not a.company_id))[:1]
