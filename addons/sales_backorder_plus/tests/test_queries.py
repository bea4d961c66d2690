from unittest.mock import patch

from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestQueries(BackorderCommon):
    """What the addon costs, in queries."""

    def _count(self, orders):
        """Return the queries of confirming ``orders`` in one request."""
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        orders.action_confirm()
        self._flush()
        return self.env.cr.sql_log_count - start

    def _orders(self, count, product=None):
        orders = [self._new_order((product or self.product, 1)) for _ in range(count)]
        return self.env["sale.order"].union(*orders).with_user(self.salesman)

    def _cost_of_noting(self, count):
        """Return the queries the synchronisation adds to a plain confirmation."""
        model = type(self.env["sale.order.line"])
        self._count(self._orders(1))
        with patch.object(model, "_note_stock_changes", lambda *args, **kwargs: None):
            without = self._count(self._orders(count))
        return self._count(self._orders(count)) - without

    def test_covered_orders_cost_a_constant(self):
        # The demo has parties outside, who are told of it by jobs to be triggered.
        for name in ("sales.fulfilment.provider", "sales.marketplace.feed"):
            self.patch(self.env.registry[name], "_has_records", lambda _self: False)
        self._set_stock(self.product, 1000)
        self.assertLessEqual(self._cost_of_noting(1), 8)
        self.assertLessEqual(self._cost_of_noting(20), 8)

    def test_slope_of_short_orders(self):
        """A short order more, with its estimate, costs a bounded number of queries."""
        self._count(self._orders(1))
        model = type(self.env["sale.order.line"])
        with patch.object(model, "_note_stock_changes", lambda *args, **kwargs: None):
            plain = [self._count(self._orders(count)) for count in (5, 15)]
        ours = [self._count(self._orders(count)) for count in (5, 15)]
        slope = ((ours[1] - ours[0]) - (plain[1] - plain[0])) / 10
        # Two inserts (the record, its event), its moves and pegging, and the estimate.
        self.assertLessEqual(slope, 6.0)

    def test_pegging_does_not_grow_with_the_rivals(self):
        """One receipt date for 5 or for 25 waiting orders: a few queries either way."""
        counts = []
        for waiting in (5, 20):
            self._orders(waiting).action_confirm()
            self._flush()
            receipt = self._plan_receipt(self.product, 1, days=3)
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.env["sales.backorder"]._sync(
                self.env["sale.order.line"], self.product.ids
            )
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - start)
            receipt.action_cancel()
            self._flush()
        self.assertLessEqual(counts[1] - counts[0], 5, counts)

    def test_bar_of_the_lines(self):
        """How far the lines of an order are costs the same for 3 and for 15 of them."""
        counts = []
        for count in (3, 15):
            order = self._confirm(*((self.product, 1) for _number in range(count)))
            self.env.invalidate_all()
            lines = order.with_user(self.salesman).order_line
            start = self.env.cr.sql_log_count
            lines.read(["fulfilment"])
            counts.append(self.env.cr.sql_log_count - start)
        self.assertLessEqual(counts[1] - counts[0], 1, counts)

    def test_list_of_backorders(self):
        """Reading the columns of the list costs the same for 2 and for 12 rows."""
        names = ["order_id", "partner_id", "product_id", "supply_note", "customer_date"]
        counts = []
        for count in (2, 10):
            self._orders(count).action_confirm()
            self._flush()
            self.env.invalidate_all()
            mine = self.env["sales.backorder"].with_user(self.salesman)
            start = self.env.cr.sql_log_count
            mine.search([("product_id", "=", self.product.id)]).read(names)
            counts.append(self.env.cr.sql_log_count - start)
        self.assertLessEqual(counts[1] - counts[0], 1, counts)
