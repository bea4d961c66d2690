from odoo import fields, models
from odoo.tools import SQL


class SaleOrderLine(models.Model):
    """What the customer paid for it last time."""

    _inherit = "sale.order.line"

    last_price_unit = fields.Float(
        string="Last Price",
        min_display_digits="Product Price",
        compute="_compute_last_price",
        groups="base.group_user",
        help="Unit price of the customer's last confirmed order of the product, after "
        "discount, in the currency of that order.",
    )
    last_price_date = fields.Date(
        string="Last Ordered",
        compute="_compute_last_price",
        groups="base.group_user",
        help="When the customer ordered the product last.",
    )

    def _compute_last_price(self):
        self.last_price_unit, self.last_price_date = 0.0, False
        lines = self.filtered("product_id")
        prices = lines._get_last_prices() if lines else {}
        for line in lines if prices else ():
            customer = line.order_id.partner_id.commercial_partner_id
            key = (customer._origin.id, line.product_id._origin.id)
            price, day = prices.get(key, (0.0, False))
            line.last_price_unit, line.last_price_date = price, day

    def _get_last_prices(self):
        """Return {(customer id, product id): (price, date)} of earlier orders."""
        orders = self.order_id
        customers = orders.partner_id.commercial_partner_id._origin
        if not customers:
            return {}
        names = ["product_id", "price_unit", "discount", "state", "order_id"]
        self.env["sale.order.line"].flush_model(names)
        self.env["sale.order"].flush_model(["date_order", "partner_id", "state"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (p.commercial_partner_id, l.product_id)
                       p.commercial_partner_id, l.product_id,
                       l.price_unit * (1 - COALESCE(l.discount, 0) / 100),
                       s.date_order
                  FROM sale_order_line l
                  JOIN sale_order s ON s.id = l.order_id
                  JOIN res_partner p ON p.id = s.partner_id
                 WHERE p.commercial_partner_id IN %(customers)s
                   AND l.product_id IN %(products)s
                   AND s.company_id IN %(companies)s
                   AND s.id NOT IN %(orders)s
                   AND s.state = 'sale' AND l.product_uom_qty > 0
                 ORDER BY p.commercial_partner_id, l.product_id, s.date_order DESC
                """,
                customers=tuple(customers.ids),
                products=tuple(self.product_id._origin.ids),
                companies=tuple(orders.company_id.ids),
                orders=tuple(orders._origin.ids) or (0,),
            )
        )
        return {
            (customer, product): (
                price,
                fields.Datetime.context_timestamp(self, moment).date(),
            )
            for customer, product, price, moment in rows
        }
