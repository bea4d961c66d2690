from odoo import api, fields, models


class SaleOrderLine(models.Model):
    """Numbers under which a product is known, ours and the customer's."""

    _inherit = "sale.order.line"

    product_code = fields.Char(
        related="product_id.default_code",
        string="SKU",
        help="Our number of the product.",
    )
    product_barcode = fields.Char(
        related="product_id.barcode",
        string="Barcode",
        help="Barcode of the product.",
    )

    def _get_specifications(self):
        """Return [(label, value)] of the properties of the product's category."""
        self.ensure_one()
        template = self.product_id.product_tmpl_id.sudo()
        rows = template.read(["product_properties"])[0]["product_properties"]
        return [
            (row["string"], value)
            for row in rows or ()
            if (value := self._format_property(row))
        ]

    @api.model
    def _format_property(self, row):
        """Return the value of one property as a person reads it, or an empty text."""
        value, kind = row.get("value"), row["type"]
        if kind == "boolean":
            return self.env._("Yes") if value else ""
        if kind == "selection":
            return dict(row.get("selection") or []).get(value, "")
        if kind == "tags":
            names = {tag[0]: tag[1] for tag in row.get("tags") or []}
            return ", ".join(names.get(tag, tag) for tag in value or [])
        if kind == "many2one":
            return value[1] if value else ""
        if kind == "many2many":
            return ", ".join(item[1] for item in value or [])
        return str(value) if value else ""
