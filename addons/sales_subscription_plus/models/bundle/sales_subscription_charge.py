from odoo import models


class SalesSubscriptionCharge(models.Model):
    """Charges for bundles: shared by what is in them, as Odoo bills no combo itself."""

    _inherit = "sales.subscription.charge"

    def _prepare_order_lines(self, period):
        found = super()._prepare_order_lines(period)
        lines = self.env["sales.subscription.line"]
        return [
            part
            for vals in found
            for part in self._split_bundle(
                lines.browse(vals["sales_subscription_line_id"]), vals
            )
        ]

    def _split_bundle(self, line, vals):
        """Return the values of ``vals`` for each product, where ``line`` is a bundle."""
        if not line or not line.is_bundle or vals["product_id"] != line.product_id.id:
            return [vals]
        head = vals["name"]
        return [
            {
                **vals,
                "product_id": item.product_id.id,
                "name": f"{item.product_id.display_name} ({head})",
                "product_uom_id": item.product_id.uom_id.id,
                "price_unit": part,
                "tax_ids": line._get_part_taxes(item).ids,
            }
            for item, part in line._share(vals["price_unit"])
            if part
        ]


class SalesSubscriptionLine(models.Model):
    _inherit = "sales.subscription.line"

    def _get_part_taxes(self, item):
        """Return the taxes of a product of the bundle, for this customer."""
        taxes = item.product_id.taxes_id._filter_taxes_by_company(self.company_id)
        return self.subscription_id.fiscal_position_id.map_tax(taxes)
