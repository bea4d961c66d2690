from odoo import models


class ProductCategory(models.Model):
    _inherit = "product.category"

    def _is_within(self, category_ids):
        """Return whether this category, or one above it, is among ``category_ids``."""
        above = (int(one) for one in (self.parent_path or "").split("/") if one)
        return not frozenset(category_ids).isdisjoint(above)
