from collections import defaultdict
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.date_utils import start_of

YEARS = 4
# Fewer complete months are counted by the week.
MONTHS_NEEDED = 12


class SalesDemandHistory(models.AbstractModel):
    """What customers ordered, day by day.

    Orders, not deliveries: what was asked for on a day without stock is demand as well.
    What vendors deliver to customers themselves needs no stock and does not count.
    """

    _name = "sales.demand.history"
    _description = "Past Demand"

    @api.model
    def _get_daily(self, products):
        """Return {(product id, warehouse id): {day: (quantity, order lines)}}.

        :param products: whose demand; quantities are in their units
        """
        found = defaultdict(dict)
        query = self._select_daily(SQL("l.product_id IN %s", tuple(products.ids)))
        for product, _category, warehouse, day, quantity, count in self._run(query):
            found[product, warehouse][day] = quantity, count
        return found

    @api.model
    def _get_category_daily(self, companies):
        """Return {(company id, category id): {day: (quantity, lines)}}."""
        found = defaultdict(lambda: defaultdict(lambda: (0.0, 0)))
        warehouses = self.env["stock.warehouse"].search(
            [("company_id", "in", companies.ids)]
        )
        company = {one.id: one.company_id.id for one in warehouses}
        if not company:
            return found
        query = self._select_daily(SQL("l.warehouse_id IN %s", tuple(company)))
        for _product, category, warehouse, day, quantity, count in self._run(query):
            days = found[company[warehouse], category]
            before = days[day]
            days[day] = before[0] + quantity, before[1] + count
        return found

    @api.model
    def _run(self, query):
        for model in ("sale.order", "sale.order.line", "stock.move"):
            self.env[model].flush_model()
        return self.env.execute_query(query)

    @api.model
    def _select_daily(self, condition):
        since = fields.Datetime.now() - relativedelta(years=YEARS)
        return SQL(
            """
            SELECT l.product_id, t.categ_id, l.warehouse_id,
                   (o.date_order AT TIME ZONE 'UTC'
                    AT TIME ZONE COALESCE(p.tz, 'UTC'))::date AS day,
                   SUM(l.product_uom_qty * u.factor / pu.factor), COUNT(*)
              FROM sale_order_line l
              JOIN sale_order o ON o.id = l.order_id
              JOIN product_product pp ON pp.id = l.product_id
              JOIN product_template t ON t.id = pp.product_tmpl_id
              JOIN uom_uom u ON u.id = l.product_uom_id
              JOIN uom_uom pu ON pu.id = t.uom_id
              JOIN stock_warehouse w ON w.id = l.warehouse_id
              LEFT JOIN res_partner p ON p.id = w.partner_id
             WHERE o.state = 'sale' AND t.is_storable AND l.product_uom_qty > 0
               AND o.date_order >= %(since)s AND %(condition)s
               AND NOT EXISTS (SELECT FROM stock_move m
                                 JOIN stock_location s ON s.id = m.location_id
                                WHERE m.sale_line_id = l.id AND s.usage = 'supplier')
             GROUP BY l.product_id, t.categ_id, l.warehouse_id, day
            """,
            since=since,
            condition=condition,
        )

    # === Periods === #

    @api.model
    def _choose_period(self, days, today):
        """Return ``month``, or ``week`` where there are too few complete months."""
        enough = start_of(today, "month") - relativedelta(months=MONTHS_NEEDED)
        return "month" if min(days) < enough + relativedelta(months=1) else "week"

    @api.model
    def _get_start(self, day, period):
        return start_of(day, period)

    @api.model
    def _add_periods(self, start, count, period):
        if period == "week":
            return start + timedelta(weeks=count)
        return start + relativedelta(months=count)

    @api.model
    def _get_series(self, days, period, today):
        """Return (first day, quantity of each complete period since)."""
        first = self._get_start(min(days), period)
        end = self._get_start(today, period)
        sums = defaultdict(float)
        for day, (quantity, _count) in days.items():
            sums[self._get_start(day, period)] += quantity
        values, start = [], first
        while start < end:
            values.append(sums[start])
            start = self._add_periods(start, 1, period)
        return first, values
