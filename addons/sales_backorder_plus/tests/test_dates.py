from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestDates(BackorderCommon):
    """How a date came about is kept, and how sure it is follows the vendor's past."""

    def _receive_late(self, days, count=3):
        """Receive past purchases, each so many days after its planned date."""
        for number in range(count):
            order = self._request(self.product, 1, days=-30 - number, confirm=True)
            picking = order.picking_ids
            self._ship(picking, 1)
            picking.move_ids.date = order.order_line.date_planned + timedelta(days=days)
        self.env.flush_all()

    def test_history_of_a_moved_receipt(self):
        """8 arrive for two orders of 5; the receipt moves, both dates follow."""
        self._add_vendor(self.product, 7)
        first = self._find(self._confirm((self.product, 5)))
        second = self._find(self._confirm((self.product, 5)))
        receipt = self._plan_receipt(self.product, 8, days=4)
        self.assertEqual(first.date_expected, self._in_days(4))
        lead = 7 + self.company.days_to_purchase
        self.assertEqual(second.date_expected, self._in_days(lead))
        self.assertEqual((first.confidence, second.confidence), ("high", "low"))
        receipt.move_ids.date += timedelta(days=lead)
        self._flush()
        for backorder, old in ((first, 4), (second, lead)):
            change = backorder.date_ids.sorted("id")[-1]
            self.assertRecordValues(
                change,
                [
                    {
                        "date_old": self._in_days(old),
                        "date_new": self._in_days(4 + lead),
                        "shift": 4 + lead - old,
                    }
                ],
            )
            self.assertIn(receipt.name, change.cause)
            self.assertIn("Before: ", change.cause)

    def test_no_history_without_a_change(self):
        backorder = self._find(self._confirm((self.product, 5)))
        self._plan_receipt(self.product, 5, days=4)
        self.assertEqual(len(backorder.date_ids), 1)
        self._refresh()
        self.assertEqual(len(backorder.date_ids), 1)

    def test_vendor_five_days_late(self):
        self._receive_late(5)
        self._set_stock(self.product, -3)
        backorder = self._find(self._confirm((self.product, 5)))
        self._request(self.product, 5, days=6, confirm=True)
        self.assertRecordValues(
            backorder,
            [
                {
                    "date_expected": self._in_days(6),
                    "date_low": self._in_days(6),
                    "date_high": self._in_days(11),
                    "confidence": "medium",
                }
            ],
        )

    def test_vendor_early(self):
        self._receive_late(-2)
        self._set_stock(self.product, -3)
        backorder = self._find(self._confirm((self.product, 5)))
        self._request(self.product, 5, days=6, confirm=True)
        self.assertEqual(backorder.date_low, self._in_days(4))
        self.assertEqual(backorder.date_high, self._in_days(6))

    def test_two_receipts_say_nothing(self):
        self._receive_late(5, count=2)
        self._set_stock(self.product, -2)
        backorder = self._find(self._confirm((self.product, 5)))
        self._request(self.product, 5, days=6, confirm=True)
        self.assertEqual(backorder.date_high, self._in_days(6))

    def test_report(self):
        self._receive_late(5)
        open_line = self._request(self.product, 7, days=-1, confirm=True)
        self.assertTrue(open_line)
        self.env.flush_all()
        row = (
            self.env["sales.vendor.performance"]
            .with_user(self.manager)
            .search([("product_id", "=", self.product.id)])
        )
        self.assertRecordValues(
            row,
            [
                {
                    "partner_id": self.vendor.id,
                    "receipt_count": 3,
                    "delay_mean": 5.0,
                    "delay_high": 5.0,
                    "qty_ordered": 10.0,
                    "qty_received": 3.0,
                    "fill_rate": 30.0,
                }
            ],
        )

    def test_vendor_moves_the_date_in_his_portal(self):
        """Four days later: the backorder follows, and the buyer is asked to look."""
        buyer = self._new_user("tsbo_buyer", "purchase.group_purchase_user")
        backorder = self._find(self._confirm((self.product, 5)))
        purchase = self._request(self.product, 8, days=6, confirm=True)
        purchase.user_id = buyer
        line = purchase.order_line
        self.assertEqual(line._get_awaited_quantity(), 5.0)
        purchase.sudo()._update_date_planned_for_lines(
            [(line, line.date_planned + timedelta(days=4))]
        )
        self._flush()
        self.assertEqual(backorder.date_expected, self._in_days(10))
        self.assertEqual(purchase.activity_ids.user_id, buyer)

    def test_history_is_only_read(self):
        backorder = self._find(self._confirm((self.product, 5)))
        self._plan_receipt(self.product, 5, days=4)
        change = backorder.date_ids
        for user in (self.salesman, self.storeman, self.manager):
            mine = change.with_user(user)
            self.assertEqual(mine.date_new, self._in_days(4))
            with self.assertRaises(AccessError):
                mine.write({"date_new": self.today})
            with self.assertRaises(AccessError):
                mine.unlink()
        other = self._new_user("tsbo_other", "sales_team.group_sale_salesman")
        self.assertFalse(change.with_user(other).search([("id", "=", change.id)]))
        with self.assertRaises(AccessError):
            change.with_user(self.portal_user).read(["date_new"])

    def test_date_known_at_last(self):
        """From no date at all to one: no shift, but a change."""
        backorder = self._find(self._confirm((self.product, 5)))
        self.assertFalse(backorder.date_ids)
        self._plan_receipt(self.product, 5, days=4)
        self.assertRecordValues(
            backorder.date_ids,
            [{"date_old": False, "date_new": self._in_days(4), "shift": 0}],
        )
        self.assertEqual(fields.Date.to_date(backorder.date_ids.changed_on), self.today)
