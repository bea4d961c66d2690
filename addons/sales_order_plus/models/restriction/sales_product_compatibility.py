from odoo import api, fields, models


class SalesProductCompatibility(models.Model):
    """Which products go together on one order, and which do not."""

    _name = "sales.product.compatibility"
    _description = "Product Compatibility"
    _inherit = ["sales.restriction.mixin"]
    _order = "name, id"
    _check_key = "compatibility"

    product_tmpl_id = fields.Many2one(
        "product.template",
        string="Product",
        ondelete="cascade",
        index="btree_not_null",
        help="The product it is about, all variants.",
    )
    categ_id = fields.Many2one(
        "product.category",
        string="Product Category",
        help="Or all products of this category and those below.",
    )
    kind = fields.Selection(
        selection=[
            ("requires", "Needs"),
            ("excludes", "Does not go with"),
            ("max_ratio", "Takes at most"),
        ],
        required=True,
        default="requires",
        help="How the two go together on one order.",
    )
    ratio = fields.Float(
        string="Per Piece",
        default=1.0,
        help="So many of the other for each one of the product.",
    )
    other_product_tmpl_id = fields.Many2one(
        "product.template",
        string="Other Product",
        ondelete="cascade",
        index="btree_not_null",
        help="The other product, all variants.",
    )
    other_categ_id = fields.Many2one(
        "product.category",
        string="Other Category",
        help="Or any product of this category and those below.",
    )
    severity = fields.Selection(
        selection=[("warn", "Warning"), ("block", "Block")],
        required=True,
        default="block",
        help="A block refuses the order.",
    )
    message = fields.Char(translate=True, help="Why, told to who sells.")

    @api.constrains(
        "product_tmpl_id", "categ_id", "other_product_tmpl_id", "other_categ_id"
    )
    def _check_sides(self):
        for entry in self:
            for name, other in (
                ("product_tmpl_id", "categ_id"),
                ("other_product_tmpl_id", "other_categ_id"),
            ):
                if not entry[name] and not entry[other]:
                    entry._refuse(name, self.env._("give a product or a category."))

    @api.constrains("kind", "ratio")
    def _check_ratio(self):
        for entry in self:
            if entry.kind == "max_ratio" and entry.ratio <= 0:
                entry._refuse("ratio", self.env._("give more than 0."))

    def _get_lines(self, lines):
        """Return (lines of the product, lines of the other) among ``lines``."""
        self.ensure_one()
        other = (self.other_product_tmpl_id, self.other_categ_id)
        return (
            self._filter_side(lines, self.product_tmpl_id, self.categ_id),
            self._filter_side(lines, *other),
        )

    @api.model
    def _filter_side(self, lines, template, category):
        return lines.filtered(
            lambda line: (
                (not template or line.product_id.product_tmpl_id == template)
                and (not category or line.product_id.categ_id._is_within(category.ids))
            )
        )

    def _get_other_name(self):
        self.ensure_one()
        return self.other_product_tmpl_id.display_name or self.other_categ_id.name
