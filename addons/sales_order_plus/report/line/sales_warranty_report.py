from odoo import fields, models
from odoo.tools import SQL


class SalesWarrantyReport(models.Model):
    """Delivered goods that are under warranty, one row a serial number or lot."""

    _name = "sales.warranty.report"
    _description = "Warranties"
    _auto = False
    _order = "warranty_end, id"
    _rec_name = "product_id"

    order_id = fields.Many2one("sale.order", readonly=True, help="Order of the goods.")
    line_id = fields.Many2one(
        "sale.order.line", readonly=True, help="Order line of the goods."
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, help="Who bought them."
    )
    user_id = fields.Many2one(
        "res.users", string="Salesperson", readonly=True, help="Who sold them."
    )
    company_id = fields.Many2one(
        "res.company", readonly=True, help="Company that sold them."
    )
    product_id = fields.Many2one(
        "product.product", readonly=True, help="The product under warranty."
    )
    lot_id = fields.Many2one(
        "stock.lot",
        string="Serial Number",
        readonly=True,
        help="Lot or serial number that was delivered.",
    )
    quantity = fields.Float(
        digits="Product Unit",
        readonly=True,
        help="Delivered quantity in the unit of the product.",
    )
    date_delivered = fields.Datetime(
        string="Delivered", readonly=True, help="When they were delivered."
    )
    warranty_end = fields.Date(
        string="Warranty until", readonly=True, help="Last day of the warranty."
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT MIN(ml.id) AS id,
                   l.id AS line_id,
                   l.order_id,
                   o.partner_id,
                   o.user_id,
                   o.company_id,
                   ml.product_id,
                   ml.lot_id,
                   SUM(ml.quantity_product_uom) AS quantity,
                   MAX(m.date) AS date_delivered,
                   l.warranty_end
              FROM stock_move_line ml
              JOIN stock_move m ON m.id = ml.move_id
              JOIN stock_location loc ON loc.id = m.location_dest_id
              JOIN sale_order_line l ON l.id = m.sale_line_id
              JOIN sale_order o ON o.id = l.order_id
             WHERE m.state = 'done'
               AND loc.usage = 'customer'
               AND l.warranty_end IS NOT NULL
               AND l.product_id = m.product_id
          GROUP BY l.id, l.order_id, o.partner_id, o.user_id, o.company_id,
                   ml.product_id, ml.lot_id, l.warranty_end
            """
        )
