from odoo import api, fields, models

VALUE_FIELDS = frozenset(
    {"product_id", "product_uom_qty", "product_uom_id", "price_unit", "discount"}
)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    is_insurance = fields.Boolean(
        groups="base.group_user",
        help="The insurance fee; follows the declared value of the order.",
        prefetch="sales_rare",
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._sync_insurance()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if not VALUE_FIELDS.isdisjoint(vals):
            self._sync_insurance()
        return result

    def unlink(self):
        orders = self._get_insured_orders()
        result = super().unlink()
        orders.exists()._sync_insurance_lines()
        return result

    def _sync_insurance(self):
        self._get_insured_orders()._sync_insurance_lines()

    def _get_insured_orders(self):
        """Return the orders whose fee these lines change."""
        # sudo: the mark is internal, the customer may change his lines.
        lines = self.sudo().filtered(lambda line: not line.is_insurance)
        orders = lines.order_id
        return orders.filtered(
            lambda order: order.insured or order._is_insurance_required()
        )
