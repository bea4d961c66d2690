import math

from odoo import api, fields, models
from odoo.tools import SQL

# Fewer say nothing about a vendor.
MIN_RECEIPTS = 3
DAYS = 365


class SalesVendorPerformance(models.Model):
    """How punctual and how complete a vendor delivers a product.

    Measured on the receipts of the last year against the date of the purchase line,
    the last one the vendor agreed to.
    """

    _name = "sales.vendor.performance"
    _description = "Vendor Performance"
    _auto = False
    _order = "delay_mean desc, id"

    partner_id = fields.Many2one(
        "res.partner", string="Vendor", readonly=True, help="Who delivered."
    )
    product_id = fields.Many2one(
        "product.product", readonly=True, help="What was delivered."
    )
    company_id = fields.Many2one(
        "res.company", readonly=True, help="Company that bought it."
    )
    receipt_count = fields.Integer(
        string="Receipts", readonly=True, help="Receipts of the last year."
    )
    delay_mean = fields.Float(
        string="Days Late",
        readonly=True,
        aggregator="avg",
        help="How many days later than planned, on average; negative: earlier.",
    )
    delay_low = fields.Float(
        string="Best Fifth",
        readonly=True,
        aggregator="min",
        help="One of five receipts was at most so many days late.",
    )
    delay_high = fields.Float(
        string="Four of Five",
        readonly=True,
        aggregator="max",
        help="Four of five receipts were at most so many days late.",
    )
    qty_ordered = fields.Float(
        string="Ordered",
        readonly=True,
        help="Ordered on these lines, in the unit of the product.",
    )
    qty_received = fields.Float(
        string="Received",
        readonly=True,
        help="Received on these lines, in the unit of the product.",
    )
    fill_rate = fields.Float(
        string="Fill Rate (%)",
        readonly=True,
        aggregator="avg",
        help="How much of what was ordered has come, in percent.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT r.*, 100 * r.qty_received / NULLIF(r.qty_ordered, 0) AS fill_rate
              FROM (SELECT MIN(d.line_id) AS id, d.partner_id, d.product_id,
                           d.company_id, SUM(d.receipts)::integer AS receipt_count,
                           AVG(d.days) AS delay_mean,
                           PERCENTILE_CONT(0.2) WITHIN GROUP (ORDER BY d.days)
                               FILTER (WHERE d.receipts = 1) AS delay_low,
                           PERCENTILE_CONT(0.8) WITHIN GROUP (ORDER BY d.days)
                               FILTER (WHERE d.receipts = 1) AS delay_high,
                           SUM(d.qty_ordered) AS qty_ordered,
                           SUM(d.qty_received) AS qty_received
                      FROM (%(receipts)s UNION ALL %(lines)s) d
                     GROUP BY d.partner_id, d.product_id, d.company_id) r
            """,
            receipts=self._select_receipts(),
            lines=self._select_lines(),
        )

    @api.model
    def _select_receipts(self):
        """One row a receipt of the last year, with its delay in days."""
        return SQL(
            """
            SELECT l.id AS line_id, v.commercial_partner_id AS partner_id,
                   l.product_id, l.company_id, 1 AS receipts,
                   m.date::date - l.date_planned::date AS days,
                   0.0 AS qty_ordered, 0.0 AS qty_received
              FROM stock_move m
              JOIN purchase_order_line l ON l.id = m.purchase_line_id
              JOIN res_partner v ON v.id = l.partner_id
              JOIN stock_location s ON s.id = m.location_id
             WHERE m.state = 'done' AND s.usage = 'supplier'
               AND m.date > (NOW() AT TIME ZONE 'UTC') - %(days)s * INTERVAL '1 day'
            """,
            days=DAYS,
        )

    @api.model
    def _select_lines(self):
        """One row a confirmed line that was due in the last year, with what came."""
        return SQL(
            """
            SELECT l.id, v.commercial_partner_id, l.product_id, l.company_id, 0, NULL,
                   l.product_uom_qty,
                   l.qty_received * l.product_uom_qty / NULLIF(l.product_qty, 0)
              FROM purchase_order_line l
              JOIN purchase_order o ON o.id = l.order_id
              JOIN res_partner v ON v.id = l.partner_id
             WHERE o.state = 'purchase' AND l.product_id IS NOT NULL
               AND l.date_planned BETWEEN
                   (NOW() AT TIME ZONE 'UTC') - %(days)s * INTERVAL '1 day'
                   AND NOW() AT TIME ZONE 'UTC'
            """,
            days=DAYS,
        )

    # === Used by the expected dates === #

    @api.model
    def _get_tolerances(self, partner_ids, product_ids):
        """Return by how many days a vendor may be earlier or later than he says.

        :param partner_ids: ids of companies that deliver
        :return: {(vendor id, product id): (days earlier, days later)}, both 0 or more;
            only where enough receipts are known
        """
        for model in ("purchase.order", "purchase.order.line", "stock.move"):
            self.env[model].flush_model()
        # sudo: how late a vendor is decides the date that everybody reads.
        rows = self.sudo().search(
            [
                ("partner_id", "in", list(partner_ids)),
                ("product_id", "in", list(product_ids)),
                ("receipt_count", ">=", MIN_RECEIPTS),
            ]
        )
        return {
            (row.partner_id.id, row.product_id.id): (
                max(math.ceil(-row.delay_low), 0),
                max(math.ceil(row.delay_high), 0),
            )
            for row in rows
        }
