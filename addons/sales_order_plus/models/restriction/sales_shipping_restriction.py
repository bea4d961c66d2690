from odoo import api, fields, models

from ..order.sales_order_document import DOCUMENT_KINDS


class SalesShippingRestriction(models.Model):
    """Goods that are not sent to some countries, or only with papers or up to a limit."""

    _name = "sales.shipping.restriction"
    _description = "Shipping Restriction"
    _inherit = ["sales.restriction.mixin", "sales.goods.mixin", "sales.area.mixin"]
    _order = "name, id"
    _check_key = "shipping"

    kind = fields.Selection(
        selection=[
            ("prohibited", "Not sent there"),
            ("licence", "Only with a document"),
            ("max_value", "Above a value papers are needed"),
            ("max_qty", "Up to a quantity"),
        ],
        required=True,
        default="prohibited",
        help="What the country asks for. Above a value is a warning, the others stop "
        "the order.",
    )
    country_ids = fields.Many2many(
        string="Sent to", help="Countries of delivery; empty: all abroad."
    )
    country_group_ids = fields.Many2many(
        "res.country.group",
        string="Groups of Countries",
        help="Only for countries of these groups; empty: any.",
    )
    hs_code_prefix = fields.Char(
        string="HS Code",
        help="Only goods whose HS code begins like this, such as 8507; empty: all.",
    )
    amount = fields.Monetary(
        string="Value", help="Value of these goods on the order, without tax."
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="Currency of the value.",
    )
    quantity = fields.Float(
        digits="Product Unit",
        help="Most of these goods on one order, in the unit of the product.",
    )
    document_kind = fields.Selection(
        selection=DOCUMENT_KINDS,
        default="licence",
        help="Document the order must have.",
    )

    @api.constrains("kind", "amount", "quantity", "document_kind")
    def _check_limit(self):
        needed = {
            "max_value": "amount",
            "max_qty": "quantity",
            "licence": "document_kind",
        }
        for entry in self:
            name = needed.get(entry.kind)
            if name and (not entry[name] or entry._is_negative(name)):
                entry._refuse(name, self.env._("it is needed, more than 0."))

    def _is_negative(self, name):
        return name != "document_kind" and self[name] < 0

    def _is_for(self, order):
        """Return whether the goods of ``order`` go where the entry holds."""
        address = order.partner_shipping_id
        groups = self.country_group_ids
        return (
            super()._is_for(order)
            and bool(self.country_ids or groups or order.sudo().is_international)
            and (not groups or address.country_id in groups.country_ids)
            and self._covers(address)
        )

    def _includes(self, product):
        duties = self.env["sales.duty.rule"]
        prefix = duties._get_digits(self.hs_code_prefix)
        code = duties._get_digits(product.hs_code)
        return code.startswith(prefix) and super()._includes(product)
