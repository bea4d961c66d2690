from odoo import fields, models
from odoo.fields import Domain


class SalesGoodsMixin(models.AbstractModel):
    """Records for some goods: by product, by category or by tag."""

    _name = "sales.goods.mixin"
    _description = "Goods"

    product_tmpl_ids = fields.Many2many(
        "product.template", string="Products", help="These products, all variants."
    )
    categ_ids = fields.Many2many(
        "product.category",
        string="Product Categories",
        help="Products of these categories and those below them.",
    )
    product_tag_ids = fields.Many2many(
        "product.tag", string="Product Tags", help="Products with one of these tags."
    )

    def _has_goods(self):
        """Return whether goods are named; else the record is for all of them."""
        self.ensure_one()
        return bool(self.product_tmpl_ids or self.categ_ids or self.product_tag_ids)

    def _includes(self, product):
        """Return whether the record is for ``product``."""
        self.ensure_one()
        if not self._has_goods():
            return True
        return (
            product.product_tmpl_id in self.product_tmpl_ids
            or product.categ_id._is_within(self.categ_ids.ids)
            or bool(product.all_product_tag_ids & self.product_tag_ids)
        )

    def _get_goods_domain(self):
        """Return a domain of the goods that fits products and product templates.

        Tags of single variants are left out: the template of such a variant has others
        that may be sold. What is chosen nevertheless is found when it is checked.
        """
        self.ensure_one()
        if not self._has_goods():
            return Domain.TRUE
        parts = (
            ("product_variant_ids.product_tmpl_id", "in", self.product_tmpl_ids),
            ("categ_id", "child_of", self.categ_ids),
            ("product_tag_ids", "in", self.product_tag_ids),
        )
        return Domain.OR(
            Domain(path, operator, records.ids)
            for path, operator, records in parts
            if records
        )
