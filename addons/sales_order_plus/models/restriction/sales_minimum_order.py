from odoo import api, fields, models

from ..order.res_partner_class import CUSTOMER_CLASSES


class SalesMinimumOrder(models.Model):
    """Below which value an order is refused, remarked on, or charged for."""

    _name = "sales.minimum.order"
    _description = "Minimum Order Value"
    _inherit = ["sales.restriction.mixin", "sales.area.mixin"]
    _order = "sequence, id"
    _check_key = "minimum_order"

    sequence = fields.Integer(
        default=10, help="The first minimum that fits an order is taken."
    )
    customer_class = fields.Selection(
        selection=CUSTOMER_CLASSES, string="Customer Type", help="Empty: all."
    )
    pricelist_ids = fields.Many2many(
        "product.pricelist", string="Pricelists", help="Empty: all."
    )
    amount = fields.Monetary(
        string="Minimum",
        required=True,
        help="Least value of the goods, without tax, delivery and surcharge.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="Currency of the minimum and of the surcharge.",
    )
    action = fields.Selection(
        selection=[
            ("block", "Refuse"),
            ("warn", "Warn"),
            ("surcharge", "Add a surcharge"),
        ],
        required=True,
        default="block",
        help="What happens to smaller orders. A surcharge goes when goods are added.",
    )
    product_id = fields.Many2one(
        "product.product",
        string="Surcharge Product",
        domain=[("type", "=", "service")],
        ondelete="restrict",
        help="Product of the line that is added.",
    )
    surcharge = fields.Monetary(help="Price of the line that is added.")

    @api.constrains("amount", "action", "product_id", "surcharge")
    def _check_amounts(self):
        for entry in self:
            names = ["amount"]
            if entry.action == "surcharge":
                names += ["product_id", "surcharge"]
            for name in names:
                if not entry[name] or (name != "product_id" and entry[name] < 0):
                    entry._refuse(name, self.env._("it is needed, more than 0."))

    def _is_for(self, order):
        return (
            super()._is_for(order)
            and self.customer_class in (False, order.sudo().customer_class)
            and (not self.pricelist_ids or order.pricelist_id in self.pricelist_ids)
            and self._covers(order.partner_shipping_id)
        )

    def _convert(self, amount, order):
        """Return ``amount`` of the entry in the currency of ``order``."""
        self.ensure_one()
        return self.currency_id._convert(
            amount, order.currency_id, order.company_id, order.date_order
        )
