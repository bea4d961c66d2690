from datetime import timedelta

from odoo.fields import Datetime
from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestLineEstimate(BackorderCommon):
    """A short line is flagged, and its date follows the receipt."""

    def _in_days(self, days):
        return (Datetime.now().replace(hour=12) + timedelta(days=days)).date()

    def test_flag(self):
        self._set_stock(self.product, 4)
        order = self._confirm((self.product, 10))
        line = order.order_line
        self.assertTrue(line.is_backorder)
        self.assertEqual(line.qty_short, 6)
        lines = self.env["sale.order.line"].with_user(self.salesman)
        own = [("order_id", "=", order.id)]
        self.assertEqual(lines.search([*own, ("is_backorder", "=", True)]), line)
        self.assertFalse(lines.search([*own, ("is_backorder", "=", False)]))

    def test_enough_is_no_backorder(self):
        self._set_stock(self.product, 10)
        self.assertFalse(self._confirm((self.product, 10)).order_line.is_backorder)

    def test_date_follows_the_receipt(self):
        receipt = self._plan_receipt(self.product, 10, days=5)
        line = self._confirm((self.product, 10)).order_line
        self.assertEqual(line.estimated_delivery_date, self._in_days(5))
        receipt.move_ids.date += timedelta(days=4)
        self._flush()
        self.assertEqual(line.estimated_delivery_date, self._in_days(9))
