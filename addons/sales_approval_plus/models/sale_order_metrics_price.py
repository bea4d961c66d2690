from collections import defaultdict
from datetime import timedelta
from statistics import mean, stdev

from odoo import fields, models
from odoo.tools import float_round

# Fewer orders say nothing about what a customer usually gets.
LEAST_HISTORY = 5
HISTORY_DAYS = 365


class SaleOrder(models.Model):
    """Prices measured against cost, price list, competitors and the past.

    The cost is that of the product, not what somebody wrote on the line.
    """

    _inherit = "sale.order"

    def _measure_margin(self):
        """Return {order id: margin in percent of the untaxed amount}."""
        return self._measure_each(lambda order: order._get_approval_margin())

    def _get_approval_margin(self):
        self.ensure_one()
        lines = self._get_approval_lines()
        sold = self._convert_to_company(sum(line._get_sold_value() for line in lines))
        return self._get_margin_percent(sold, sum(line._get_cost() for line in lines))

    def _get_margin_percent(self, sold, cost):
        if not sold:
            return -100.0 if cost > 0 else 0.0
        # A negative amount earns nothing, whatever it cost.
        margin = 100 * (sold - cost) / abs(sold)
        return float_round(margin, precision_digits=2)

    def _measure_line_margin(self):
        """Return {order id: lowest margin of a line with a product, in percent}."""
        return self._measure_each(lambda order: order._get_lowest_margin())

    def _get_lowest_margin(self):
        self.ensure_one()
        return min(
            (
                self._get_margin_percent(
                    self._convert_to_company(line._get_sold_value()), line._get_cost()
                )
                for line in self._get_sold_lines()
                if line._get_cost() > 0
            ),
            default=100.0,
        )

    def _get_sold_lines(self):
        """Return the lines on which somebody could give a bad price."""
        return self._get_approval_lines().filtered(
            lambda line: line.product_id and line.product_uom_qty > 0
        )

    def _measure_line_discount(self):
        """Return {order id: how far the cheapest line is below the price list, %}."""
        return self._measure_each(lambda order: order._get_highest_discount())

    def _get_highest_discount(self):
        self.ensure_one()
        values = [
            line._get_approval_values("pricelist_discount")
            for line in self._get_sold_lines()
        ]
        return max(
            (
                float_round(100 * (book - sold) / book, precision_digits=2)
                for book, sold in values
                if book and sold < book
            ),
            default=0.0,
        )

    def _measure_competitor_gap(self):
        """Return {order id: lowest gap to the competitors' median, in percent}.

        0 where no price of a competitor is known.
        """
        medians = self.order_line._get_competitor_medians()
        return self._measure_each(lambda order: order._get_lowest_gap(medians))

    def _get_lowest_gap(self, medians):
        self.ensure_one()
        gaps = [
            100 * (line._get_sold_unit() - medians[line.id]) / medians[line.id]
            for line in self._get_sold_lines()
            if medians.get(line.id)
        ]
        return float_round(min(gaps), precision_digits=2) if gaps else 0.0

    # === Compared with the past === #

    def _measure_discount_deviation(self):
        """Return {order id: standard deviations above the usual discount}.

        The discounts of the confirmed orders of the same customer in the last year
        are compared, one value an order; 0 with fewer than five of them.
        """
        history = self._get_discount_history()
        result = {}
        for order in self:
            usual = history[order.partner_id.commercial_partner_id.id]
            result[order.id] = order._get_deviation(usual)
        return result

    def _get_deviation(self, usual):
        self.ensure_one()
        if len(usual) < LEAST_HISTORY:
            return 0.0
        lines = self._get_sold_lines()
        own = mean(lines.mapped("discount")) if lines else 0.0
        # Where it was always the same, one point more is one deviation.
        spread = max(stdev(usual), 1.0)
        return float_round((own - mean(usual)) / spread, precision_digits=2)

    def _get_discount_history(self):
        """Return {customer id: [average line discount of each past order]}."""
        since = fields.Datetime.now() - timedelta(days=HISTORY_DAYS)
        customers = self.partner_id.commercial_partner_id
        groups = self.env["sale.order.line"]._read_group(
            [
                ("order_id", "not in", self.ids),
                ("order_id.state", "=", "sale"),
                ("order_id.date_order", ">=", since),
                ("order_id.partner_id.commercial_partner_id", "in", customers.ids),
                ("display_type", "=", False),
            ],
            ["order_id"],
            ["discount:avg"],
        )
        history = defaultdict(list)
        for order, discount in groups:
            history[order.partner_id.commercial_partner_id.id].append(discount)
        return history
