from odoo import models

from ...exceptions import QuotationTemplateError

SHOWN = 4


class SaleOrder(models.Model):
    """“You may also need”: the customer adds an option by himself."""

    _inherit = "sale.order"

    def _get_portal_recommendations(self):
        """Return [(product, price)] to show to the customer, few of them."""
        self.ensure_one()
        order = self.sudo()
        if not order._can_take_recommendations():
            return []
        return [
            (product, order._get_recommended_price(product))
            for product, _count in order._get_recommendations(SHOWN)
        ]

    def _can_take_recommendations(self):
        return (
            self.sale_order_template_id.recommend_in_portal
            and self._can_be_edited_on_portal()
            and not self.is_expired
            and not self.signature
        )

    def _get_recommended_price(self, product):
        return self.pricelist_id._get_product_price(
            product, 1.0, currency=self.currency_id, date=self.date_order
        )

    def _add_portal_recommendation(self, product_id):
        """Add one of the recommended products as an option.

        :raise QuotationTemplateError: if it is none of them
        """
        self.ensure_one()
        products = [product for product, _price in self._get_portal_recommendations()]
        chosen = [product for product in products if product.id == product_id]
        if not chosen:
            raise QuotationTemplateError(
                self.env._(
                    "This product cannot be added to the quotation any more. Ask us "
                    "for it in a message."
                ),
                field="product_id",
            )
        self._add_optional_products(chosen)
