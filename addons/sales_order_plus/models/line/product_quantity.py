from odoo import fields, models


class ProductTemplate(models.Model):
    """The least one may order of a product, and in which steps."""

    _inherit = "product.template"

    sale_min_qty = fields.Float(
        string="Minimum to Order",
        digits="Product Unit",
        help="Least quantity a customer may order, in the unit of the product. 0: any. "
        "A variant or a customer may have another one.",
    )
    sale_multiple_qty = fields.Float(
        string="Order in Multiples of",
        digits="Product Unit",
        help="Ordered quantities must be a multiple of this, in the unit of the "
        "product. 0: any.",
    )

    _sale_qty_positive = models.Constraint(
        "CHECK (sale_min_qty >= 0 AND sale_multiple_qty >= 0)",
        "Minimum to Order, Order in Multiples of: give 0 or more.",
    )


class ProductProduct(models.Model):
    """Quantities of one variant, where they differ from the product's."""

    _inherit = "product.product"

    variant_min_qty = fields.Float(
        string="Minimum of this Variant",
        digits="Product Unit",
        help="Least quantity of this variant; 0: as the product says.",
    )
    variant_multiple_qty = fields.Float(
        string="Multiples of this Variant",
        digits="Product Unit",
        help="Step of this variant; 0: as the product says.",
    )

    _variant_qty_positive = models.Constraint(
        "CHECK (variant_min_qty >= 0 AND variant_multiple_qty >= 0)",
        "Minimum of this Variant, Multiples of this Variant: give 0 or more.",
    )

    def _get_order_quantities(self, agreed=None):
        """Return (minimum, multiple) in the unit of the product.

        :param agreed: what was agreed with the customer (sales.customer.product)
        """
        self.ensure_one()
        return (
            (agreed and agreed.min_qty) or self.variant_min_qty or self.sale_min_qty,
            (agreed and agreed.multiple_qty)
            or self.variant_multiple_qty
            or self.sale_multiple_qty,
        )
