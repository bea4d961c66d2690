from odoo import api, fields, models


class ProductTemplate(models.Model):
    """Products that were called back are not sold, though they are kept."""

    _inherit = "product.template"

    is_recalled = fields.Boolean(
        string="Recalled",
        tracking=True,
        groups="base.group_user",
        help="Orders with the product are stopped until the recall is over.",
        prefetch="sales_rare",
    )
    recall_reason = fields.Char(
        groups="base.group_user",
        help="Told to who wants to sell it.",
        prefetch="sales_rare",
    )

    @api.model_create_multi
    def create(self, vals_list):
        templates = super().create(vals_list)
        if any(vals.get("is_recalled") for vals in vals_list):
            self._switch_recall_check_on()
        return templates

    def write(self, vals):
        result = super().write(vals)
        if vals.get("is_recalled"):
            self._switch_recall_check_on()
        return result

    @api.model
    def _switch_recall_check_on(self):
        # sudo: who calls products back need not be who sets up rules.
        self.env["sales.validation.rule"].sudo()._switch_on("product_available")


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_unavailable_text(self):
        product = self.product_id
        if product.is_recalled:
            return self.env._(
                "%(product)s was recalled%(reason)s. Replace it.",
                product=product.display_name,
                reason=f" ({product.recall_reason})" if product.recall_reason else "",
            )
        return super()._get_unavailable_text()
