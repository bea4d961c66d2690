from odoo import api, models

# What the price of a delivery depends on.
LINE_FIELDS = frozenset(
    {
        "discount",
        "display_type",
        "order_id",
        "price_unit",
        "product_id",
        "product_uom_id",
        "product_uom_qty",
        "tax_ids",
    }
)
# Services are asked by people only: nobody waits for one while he types.
LOCAL_CARRIERS = frozenset({"fixed", "base_on_rule"})


class SaleOrder(models.Model):
    """The shipping line of a quotation follows its lines where the company wants it."""

    _inherit = "sale.order"

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(("order_line", "partner_shipping_id")):
            # The form sends Odoo's reminder along with the lines.
            self._recompute_shipping()
        return result

    def _recompute_shipping(self):
        """Give the shipping lines of quotations their price anew."""
        for order in self:
            # sudo: a setting of the company.
            if not order.company_id.sudo().shipping_auto_recompute:
                continue
            delivery = order.order_line.filtered("is_delivery")
            if delivery and order.carrier_id and order.state in ("draft", "sent"):
                order._price_shipping(delivery[0])

    def _price_shipping(self, delivery):
        """Give one shipping line its price; leave a reminder where it has none."""
        self.ensure_one()
        carrier, rate = self.carrier_id, {}
        if carrier.delivery_type in LOCAL_CARRIERS:
            rate = carrier.rate_shipment(self)
        if self.recompute_delivery_price == bool(rate.get("success")):
            self.recompute_delivery_price = not rate.get("success")
        if not rate.get("success"):
            return
        compare, price = self.currency_id.compare_amounts, rate["price"]
        if compare(price, delivery.price_unit):
            self._write_shipping(delivery, price)

    def _write_shipping(self, delivery, price):
        vals = {"price_unit": price}
        is_zero = self.currency_id.is_zero
        if is_zero(price) != is_zero(delivery.price_unit):
            # Odoo says “Free Shipping” in its text.
            prepared = self._prepare_delivery_line_vals(self.carrier_id, price)
            vals["name"] = prepared["name"]
        delivery.write(vals)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._recompute_shipping()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if not LINE_FIELDS.isdisjoint(vals):
            self._recompute_shipping()
        return result

    def unlink(self):
        orders = self.filtered(lambda line: not line.is_delivery).order_id
        result = super().unlink()
        orders._recompute_shipping()
        return result

    def _recompute_shipping(self):
        self.filtered(lambda line: not line.is_delivery).order_id._recompute_shipping()
