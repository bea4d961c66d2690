from odoo import fields, models


class SaleOrderLine(models.Model):
    """Quantity prices of one line."""

    _inherit = "sale.order.line"

    def _get_line_tiers(self, items):
        """Return the price at each quantity from which another rule counts.

        :param items: rules of the pricelist that begin at a quantity
        """
        self.ensure_one()
        fitting = items.filtered(lambda item: item._is_applicable_for_line(self))
        quantities = sorted({1.0, *fitting.mapped("min_quantity")})
        rows = [
            {
                "min_quantity": quantity,
                "price": self._get_price_at(quantity),
                "unit": self.product_id.uom_id.name,
            }
            for quantity in (quantities if fitting else ())
        ]
        return [
            row
            for index, row in enumerate(rows)
            if not index or row["price"] != rows[index - 1]["price"]
        ]

    def _get_price_at(self, quantity):
        """Return the pricelist's price of one unit of the product at ``quantity``."""
        self.ensure_one()
        order = self.order_id
        line = self.with_company(self.company_id)
        price = order.pricelist_id._get_product_price(
            line.product_id.with_context(**line._get_product_price_context()),
            quantity,
            currency=order.currency_id,
            uom=line.product_id.uom_id,
            date=order.date_order or fields.Datetime.now(),
        )
        return order.currency_id.round(price)


class ProductPricelistItem(models.Model):
    _inherit = "product.pricelist.item"

    def _is_applicable_for_line(self, line):
        """Whether the rule could count for the line at a larger quantity."""
        self.ensure_one()
        date = line.order_id.date_order or fields.Datetime.now()
        return (
            (not self.date_start or self.date_start <= date)
            and (not self.date_end or self.date_end >= date)
            and self._is_applicable_for(line.product_id, self.min_quantity)
        )
