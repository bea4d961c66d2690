from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _is_recommendation_excluded(self):
        """Whether it only comes with orders: carriers, rewards, deposits."""
        self.ensure_one()
        # sudo: which products are charges is known to all, the records are not.
        carriers = self.env["delivery.carrier"].sudo()
        rewards = self.env["loyalty.reward"].sudo()
        return bool(
            carriers.search_count([("product_id", "=", self.id)], limit=1)
            or rewards.search_count(
                [("discount_line_product_id", "=", self.id)], limit=1
            )
        )
