from odoo import api, fields, models


class SaleOrder(models.Model):
    """Declared value and the insurance line that follows it."""

    _inherit = "sale.order"

    declared_value = fields.Monetary(
        compute="_compute_declared_value",
        store=True,
        readonly=False,
        groups="base.group_user",
        help="Value of the goods told to the carrier, without taxes; follows the lines.",
        prefetch="sales_rare",
    )
    insured = fields.Boolean(
        compute="_compute_insured",
        store=True,
        readonly=False,
        groups="base.group_user",
        help="Insure the shipment for the declared value; always above the value set "
        "for the company.",
    )

    @api.depends("order_line.price_subtotal", "order_line.product_id")
    def _compute_declared_value(self):
        for order in self:
            goods = order.order_line.filtered(
                lambda line: line.product_id.type == "consu" and not line.is_delivery
            )
            order.declared_value = sum(goods.mapped("price_subtotal"))

    @api.depends("declared_value", "currency_rate")
    def _compute_insured(self):
        for order in self:
            order.insured = order.insured or order._is_insurance_required()

    def _is_insurance_required(self):
        self.ensure_one()
        company = self.company_id.sudo()
        if not company.insurance_threshold:
            return False
        value = self.declared_value / (self.currency_rate or 1.0)
        currency = company.currency_id
        return currency.compare_amounts(value, company.insurance_threshold) > 0

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint({"insured", "declared_value", "carrier_id"}):
            self._sync_insurance_lines()
        return result

    def _sync_insurance_lines(self):
        """Make the insurance line fit the declared value and the carrier."""
        for order in self.filtered(lambda order: order.state in ("draft", "sent")):
            # sudo: the customer may change his lines on the portal.
            order.sudo()._sync_insurance_line()

    def _sync_insurance_line(self):
        self.ensure_one()
        line = self.order_line.filtered("is_insurance")
        fee = self._get_insurance_fee()
        if self.currency_id.is_zero(fee):
            line.unlink()
        elif not line:
            vals = self._prepare_insurance_line_vals(fee)
            self.env["sale.order.line"].create(vals)
        elif self.currency_id.compare_amounts(line[0].price_unit, fee) != 0:
            line[0].price_unit = fee
        (line.exists() - line[:1]).unlink()

    def _get_insurance_fee(self):
        self.ensure_one()
        if not (self.insured or self._is_insurance_required()):
            return 0.0
        return self.currency_id.round(
            self.declared_value * self.carrier_id.insurance_rate / 100
        )

    def _prepare_insurance_line_vals(self, fee):
        product = self.company_id._get_insurance_product()
        return {
            "order_id": self.id,
            "product_id": product.id,
            "product_uom_qty": 1,
            "price_unit": fee,
            "is_insurance": True,
            "sequence": max(self.order_line.mapped("sequence"), default=10) + 1,
        }

    def _get_update_prices_lines(self):
        """The fee is no price of the pricelist."""
        lines = super()._get_update_prices_lines()
        return lines.filtered(lambda line: not line.is_insurance)
