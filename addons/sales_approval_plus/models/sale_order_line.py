from statistics import median

from odoo import models


class SaleOrderLine(models.Model):
    """What a line is worth by the book and what is paid for it."""

    _inherit = "sale.order.line"

    def _get_approval_values(self, basis):
        """Return the untaxed value of the line by the book and as sold.

        :param str basis: ``discount`` (sales price of the product) or
            ``pricelist_discount`` (price list of the order)
        :return: tuple (book value, value as sold) in the currency of the order. The
            book value is what the line is sold for when there is no book price, and 0
            where the value as sold is negative.
        """
        self.ensure_one()
        sold = self._get_sold_value()
        if sold < 0:
            return 0.0, sold
        book_unit = self._get_book_price(basis)
        taxes = self.product_id.taxes_id._filter_taxes_by_company(self.company_id)
        book = self.product_uom_qty * self._get_untaxed_price(book_unit, taxes)
        return (book if book > 0 else sold), sold

    def _get_sold_unit(self):
        """Return the untaxed unit price after discount, in the order's currency."""
        self.ensure_one()
        price = self.price_unit * (1 - (self.discount or 0.0) / 100)
        return self._get_untaxed_price(price, self.tax_ids)

    def _get_sold_value(self):
        """Return what the line is sold for, in the currency of the order."""
        self.ensure_one()
        return self.product_uom_qty * self._get_sold_unit()

    def _get_cost(self):
        """Return the cost of the line by its product, in company currency."""
        self.ensure_one()
        product = self.product_id.with_company(self.company_id)
        cost = product.uom_id._compute_price(
            product.standard_price, self.product_uom_id or product.uom_id
        )
        return self.product_uom_qty * cost

    def _get_competitor_medians(self):
        """Return {line id: median price of the competitors in its unit and currency}.

        Lines of which no valid price is known are missing.
        """
        return {
            line.id: median(price for price, _id, _offer in offers)
            for line, offers in self._get_competitor_offers().items()
        }

    def _get_book_price(self, basis):
        """Return the unit price by the book, in the order's unit and currency."""
        self.ensure_one()
        if not self.product_id or self.product_type == "combo":
            # The price of a combo is carried by its items.
            return 0.0
        if self.combo_item_id:
            return self._get_combo_item_display_price()
        if basis == "pricelist_discount":
            return self._get_pricelist_price()
        product = self.product_id.with_context(**self._get_product_price_context())
        return product._price_compute(
            "list_price",
            uom=self.product_uom_id,
            currency=self.order_id.currency_id,
            company=self.order_id.company_id,
            date=self.order_id._get_approval_rate_date(),
        )[self.product_id.id]

    def _get_untaxed_price(self, price, taxes):
        """Return ``price`` without the taxes that are included in it."""
        self.ensure_one()
        taxes = taxes.flatten_taxes_hierarchy()
        if not any(taxes.mapped("price_include")):
            return price
        return taxes.with_context(round=False).compute_all(
            price,
            currency=self.order_id.currency_id,
            product=self.product_id,
            partner=self.order_id.partner_shipping_id,
        )["total_excluded"]

    def _is_approval_delivery_charge(self):
        """Return whether this is what the carrier of the order costs.

        ``is_delivery`` alone can be written by every salesperson.
        """
        self.ensure_one()
        carrier = self.order_id.carrier_id
        return (
            self.is_delivery
            and bool(carrier)
            and self.product_id == carrier.product_id
            and self.product_uom_qty * self.price_unit >= 0
        )
