from odoo import api, fields, models

DISPLAY_FIELDS = ("show_sku", "show_specs", "show_images")


class SaleOrderTemplate(models.Model):
    """What quotations made from the template show of each product."""

    _inherit = "sale.order.template"

    show_sku = fields.Boolean(
        string="Show SKU",
        default=lambda self: self.env.company.sales_show_sku,
        help="A column with the number of the product.",
    )
    show_specs = fields.Boolean(
        string="Show Specifications",
        default=lambda self: self.env.company.sales_show_specs,
        help="The properties of the product below its description.",
    )
    show_images = fields.Boolean(
        default=lambda self: self.env.company.sales_show_images,
        help="A picture of the product beside its description.",
    )


class SaleOrder(models.Model):
    """What the PDF and the portal show of each product; only what was asked for."""

    _inherit = "sale.order"

    show_sku = fields.Boolean(
        string="Show SKU",
        compute="_compute_display",
        store=True,
        readonly=False,
        precompute=True,
        groups="base.group_user",
        help="A column with the number of the product, on the PDF and the portal.",
    )
    show_specs = fields.Boolean(
        string="Show Specifications",
        compute="_compute_display",
        store=True,
        readonly=False,
        precompute=True,
        groups="base.group_user",
        help="The properties of the product below its description, on the PDF and the "
        "portal.",
    )
    show_images = fields.Boolean(
        compute="_compute_display",
        store=True,
        readonly=False,
        precompute=True,
        groups="base.group_user",
        help="A picture of the product beside its description, on the PDF and the "
        "portal.",
    )

    @api.depends("sale_order_template_id", "company_id")
    def _compute_display(self):
        for order in self:
            template = order.sale_order_template_id
            company = order.company_id.sudo()
            for name in DISPLAY_FIELDS:
                order[name] = template[name] if template else company[f"sales_{name}"]

    def _get_portal_price_tiers(self):
        """Return the quantity prices the customer may see: {line id: rows}."""
        self.ensure_one()
        if not self.company_id.sudo().sales_show_tiers or self.state == "sale":
            return {}
        return self._get_price_tiers(self.order_line)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _has_printed_details(self):
        """Return whether anything may stand below the description.

        Most lines have nothing, and calling the template for each of them takes time.
        """
        self.ensure_one()
        order, product = self.order_id, self.product_id
        return bool(
            self.customer_note
            or self.is_preorder
            or (order.state == "sale" and self.estimated_delivery_date)
            or (product and (order.show_images or order.show_specs))
            or product.warranty_duration
        )
