from odoo import fields, models


class SalesCustomsDeclarationLine(models.Model):
    """Goods of one kind on a declaration."""

    _name = "sales.customs.declaration.line"
    _description = "Customs Declaration Line"
    _order = "declaration_id, id"

    declaration_id = fields.Many2one(
        "sales.customs.declaration",
        required=True,
        index=True,
        ondelete="cascade",
        help="The declaration it stands on.",
    )
    currency_id = fields.Many2one(
        related="declaration_id.currency_id", help="Currency of the value."
    )
    product_id = fields.Many2one("product.product", required=True, help="The goods.")
    name = fields.Char(string="Description", help="In the consignee's language.")
    hs_code = fields.Char(string="HS Code", help="Number in the customs tariff.")
    origin_id = fields.Many2one("res.country", help="Made there.")
    quantity = fields.Float(digits="Product Unit", help="In the product's unit.")
    uom_id = fields.Many2one("uom.uom", string="Unit", help="Unit of the quantity.")
    net_weight = fields.Float(digits="Stock Weight", help="Without packages, in kg.")
    value = fields.Monetary(help="Without taxes.")

    def _get_missing(self):
        """Return what this line lacks, with the product and the page to enter it."""
        self.ensure_one()
        name = self.product_id.display_name
        where = self.env._("Enter it on the product's Inventory page.")
        price = self.env._("Customs want the value even of gifts: enter a price.")
        checks = [
            ("hs_code", self.env._("HS Code"), self.hs_code, where),
            (
                "country_of_origin",
                self.env._("Origin of Goods"),
                self.origin_id,
                where,
            ),
            ("weight", self.env._("Weight"), self.net_weight > 0, where),
            ("value", self.env._("Value"), self.value > 0, price),
        ]
        return [
            {
                "field": field,
                "product": name,
                "message": self.env._(
                    "%(field)s: missing on %(product)s. %(step)s",
                    field=label,
                    product=name,
                    step=step,
                ),
            }
            for field, label, there, step in checks
            if not there
        ]
