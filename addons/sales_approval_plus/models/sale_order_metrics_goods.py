from collections import defaultdict
from datetime import timedelta

from odoo import models

# Shown where nobody knows when the goods come.
UNKNOWN_DAYS = 999
INCOMING = ("waiting", "confirmed", "assigned", "partially_available")


class SaleOrder(models.Model):
    """What is sold, whether it is there, and when it was promised."""

    _inherit = "sale.order"

    def _measure_categories(self):
        """Return {order id: sorted ids of the categories of its products}."""
        return self._measure_each(
            lambda order: sorted(order._get_approval_lines().product_id.categ_id._ids)
        )

    def _measure_short_lines(self):
        """Return {order id: number of lines of which too little is free}."""
        shortages = self._get_approval_shortages()
        return {order.id: len(shortages[order.id]) for order in self}

    def _measure_promise_gap(self):
        """Return {order id: days from the promised day to when the goods are there}.

        0 without a promise or a shortage; 999 where neither a receipt nor a vendor
        says when the goods come.
        """
        shortages = self._get_approval_shortages()
        return {order.id: order._get_promise_gap(shortages[order.id]) for order in self}

    def _measure_lead_days(self):
        """Return {order id: whole days until the promised delivery; 999 without}."""
        return {
            order.id: (
                (order._get_promised_day() - order._get_local_day()).days
                if order.commitment_date
                else UNKNOWN_DAYS
            )
            for order in self
        }

    def _get_promised_day(self):
        """Return the promised day in the time zone of the order, or False."""
        self.ensure_one()
        return self.commitment_date and self._get_local_day(self.commitment_date)

    def _get_promise_gap(self, shortages):
        self.ensure_one()
        promised = self._get_promised_day()
        if not promised or not shortages:
            return 0
        days = [one["date"] for one in shortages]
        if not all(days):
            return UNKNOWN_DAYS
        return max((max(days) - promised).days, 0)

    # === Shortages === #

    def _get_approval_shortages(self):
        """Return what is missing in the warehouse of each line.

        :return: {order id: [dict with ``line_id``, ``product``, ``needed``, ``free``,
            ``short`` (in the unit of the product) and ``date``, on which the rest
            arrives, or False where nobody knows]}
        """
        result = defaultdict(list)
        lines = self.order_line.filtered(
            lambda line: line.product_id.is_storable and line.product_uom_qty > 0
        )
        for warehouse, own in lines.grouped("warehouse_id").items():
            receipts = own._get_approval_receipts(warehouse)
            products = own.product_id.with_context(warehouse_id=warehouse.id)
            free = {product.id: product.free_qty for product in products}
            for order in own.order_id:
                # Each order by itself: quotations do not take goods from each other.
                left = dict(free)
                for line in own.filtered(lambda line, o=order: line.order_id == o):
                    if one := line._get_approval_shortage(left, receipts):
                        result[order.id].append(one)
        return result


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_approval_shortage(self, free, receipts):
        """Take what is needed of ``free``; return what is missing, or nothing."""
        self.ensure_one()
        product, unit = self.product_id, self.product_id.uom_id
        need = self._get_open_need()
        there = max(free[product.id], 0.0)
        free[product.id] = there - need
        if unit.compare(need, there) <= 0:
            return None
        return {
            "line_id": self.id,
            "product": product.display_name,
            "needed": need,
            "free": there,
            "short": need - there,
            "date": self._get_arrival_day(receipts[product.id], need - there),
        }

    def _get_approval_receipts(self, warehouse):
        """Return {product id: [(moment, quantity)]} of what comes in, by date."""
        moves = self.env["stock.move"].search(
            [
                ("product_id", "in", self.product_id.ids),
                ("state", "in", INCOMING),
                ("location_dest_id", "child_of", warehouse.view_location_id.id),
                ("location_id.usage", "in", ("supplier", "production", "transit")),
            ],
            order="date, id",
        )
        receipts = defaultdict(list)
        for move in moves:
            receipts[move.product_id.id].append((move.date, move.product_qty))
        return receipts

    def _get_arrival_day(self, receipts, missing):
        """Return the day on which ``missing`` has come in, or False."""
        self.ensure_one()
        unit, order = self.product_id.uom_id, self.order_id
        for moment, quantity in receipts:
            missing -= quantity
            if unit.compare(missing, 0) <= 0:
                return order._get_local_day(moment)
        vendors = self.product_id._prepare_sellers()
        if not vendors:
            return False
        return order._get_local_day() + timedelta(days=vendors[:1].delay)
