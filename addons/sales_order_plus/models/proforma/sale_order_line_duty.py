from odoo import api, fields, models


class SaleOrderLine(models.Model):
    """What the customs of the destination would ask for a line."""

    _inherit = "sale.order.line"

    duty_estimate = fields.Monetary(
        string="Est. Duty",
        compute="_compute_duty_estimate",
        groups="base.group_user",
        help="Duty of the country of destination by our duty rules; an estimate.",
    )
    duty_vat_estimate = fields.Monetary(
        string="Est. Import Tax",
        compute="_compute_duty_estimate",
        groups="base.group_user",
        help="Tax of the country of destination on value and duty; an estimate.",
    )

    @api.depends(
        "order_id.is_international", "price_subtotal", "product_id", "currency_id"
    )
    def _compute_duty_estimate(self):
        self.update({"duty_estimate": 0.0, "duty_vat_estimate": 0.0})
        for order, lines in self.filtered("product_id").grouped("order_id").items():
            if order.is_international:
                lines._estimate_duties(order)

    def _estimate_duties(self, order):
        for rule, lines in order._get_duty_lines().items():
            for line in lines & self:
                duty, tax = rule._get_amounts(line.price_subtotal, order)
                line.update({"duty_estimate": duty, "duty_vat_estimate": tax})
