from odoo import models

from ...tools import proration


class SalesSubscriptionLine(models.Model):
    """What a bundle puts on orders: the combo, and what was chosen with its share."""

    _inherit = "sales.subscription.line"

    def _prepare_period_vals_list(self, number):
        """A bundle is a combo line without a price and the lines that share it."""
        found = super()._prepare_period_vals_list(number)
        if not self.is_bundle or not found:
            return found
        [vals] = found
        quantity = vals["product_uom_qty"]
        total = quantity * vals["price_unit"] * (1 - vals["discount"] / 100)
        key = f"bundle-{self.id}"
        head = {
            **vals,
            "price_unit": 0.0,
            "discount": 0.0,
            "tax_ids": [],
            "virtual_id": key,
            # Nothing is invoiced with it.
            "sales_service_from": False,
            "sales_service_to": False,
        }
        parts = [
            self._prepare_part_vals(vals, item, part / quantity)
            for item, part in self._share(round(total, 9))
        ]
        return [head, *({**part, "linked_virtual_id": key} for part in parts)]

    def _share(self, amount):
        """Return [(item, its part of ``amount``)], in proportion to list prices."""
        self.ensure_one()
        # sudo: products are the shop's, whoever bills.
        items = self._get_bundle_items().sudo()
        weights = [max(item.lst_price, 0.0) for item in items]
        digits = self.currency_id.decimal_places
        parts = proration.allocate(amount, weights, digits)
        return [(item, float(part)) for item, part in zip(items, parts, strict=True)]

    def _get_bundle_items(self):
        """Return what is in the bundle; what is not sold any more is replaced."""
        plan = self.subscription_id.plan_id
        return plan._fill_bundle(self.product_id, self.bundle_item_ids)

    def _prepare_part_vals(self, vals, item, price):
        """Return the values of the order line of one product of the bundle.

        :param dict vals: values of the bundle's line
        """
        lang = self.subscription_id.partner_id.lang
        product = item.product_id.with_context(lang=lang) if lang else item.product_id
        return {
            "sequence": vals["sequence"],
            "product_id": product.id,
            "name": product.get_product_multiline_description_sale(),
            "product_uom_qty": vals["product_uom_qty"],
            "product_uom_id": product.uom_id.id,
            "price_unit": price,
            "discount": 0.0,
            "combo_item_id": item.id,
            "sales_subscription_line_id": self.id,
            "sales_service_from": vals["sales_service_from"],
            "sales_service_to": vals["sales_service_to"],
            "sales_plan_id": False,
        }
