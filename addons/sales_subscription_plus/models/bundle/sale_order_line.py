from odoo import api, models


class SaleOrderLine(models.Model):
    """Combo products that are sold on a plan: their choices go with them."""

    _inherit = "sale.order.line"

    @api.depends("combo_item_id")
    def _compute_sales_plan_id(self):
        """What is in a bundle is sold with it, never on a plan of its own."""
        parts = self.filtered("combo_item_id")
        super(SaleOrderLine, self - parts)._compute_sales_plan_id()
        parts.sales_plan_id = False

    def _get_bundle_items(self):
        """Return the lines of what is in these bundles."""
        return self.linked_line_ids.filtered("combo_item_id")

    def _prepare_subscription_line_vals(self):
        """A bundle costs what its parts cost together."""
        vals = super()._prepare_subscription_line_vals()
        if self.product_id.type != "combo":
            return vals
        for name in ("price_unit", "discount", "tax_ids"):
            del vals[name]
        # sudo: what is sold is read from the order and its plan, whoever confirms it.
        plan, parts = self.sudo().sales_plan_id, self.sudo()._get_bundle_items()
        ordered = parts.combo_item_id
        items = plan._fill_bundle(self.product_id, ordered)
        vals["bundle_item_ids"] = items.ids
        if plan.bundle_pricing == "one" and parts:
            total = sum(
                part.product_uom_qty * part.price_unit * (1 - part.discount / 100)
                for part in parts
            )
            extra = sum((items - ordered).mapped("extra_price"))
            vals["price_unit"] = total / self.product_uom_qty + extra
        return vals
