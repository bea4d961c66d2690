from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from ...exceptions import CancellationError, SelfServiceError
from .common import CancellationCommon


@tagged("post_install", "-at_install")
class TestCancelWindow(CancellationCommon):
    """Until when customers, and salespeople, cancel."""

    def _policy(self, **vals):
        return self.env["sales.change.policy"].create(
            {
                "name": "Shop",
                "company_id": self.company.id,
                "cancel_portal": True,
                **vals,
            }
        )

    def _ask(self, order, quantities=None):
        # As the portal does: in sudo, when it has checked whose order it is.
        return order.sudo()._request_cancellation_as_customer(quantities, self.reason)

    def _assert_closed(self, order, text):
        self.assertFalse(order._get_cancel_window()["open"])
        with self.assertRaises(SelfServiceError) as caught, self.cr.savepoint():
            self._ask(order)
        self.assertIn(text, str(caught.exception))
        self.assertEqual(caught.exception.context["rule"], "window")
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.cancellation_ids)

    def test_not_without_a_policy(self):
        order = self._confirmed()
        self._assert_closed(order, "your salesperson")
        self._policy(cancel_portal=False)
        self._assert_closed(order, "your salesperson")

    def test_two_hours(self):
        self._policy(cancel_hours=2)
        first, second = self._confirmed(), self._confirmed()
        start = first.date_order
        self.assertEqual(
            first._get_cancel_window()["until"], start + timedelta(hours=2)
        )
        with freeze_time(start + timedelta(hours=1, minutes=59)):
            self.assertTrue(first._get_cancel_window()["open"])
            self.assertEqual(self._ask(first).state, "applied")
        self.assertEqual(first.state, "cancel")
        with freeze_time(second.date_order + timedelta(hours=2, minutes=1)):
            self._assert_closed(second, "could be cancelled until")

    def test_moment_in_the_zone_of_the_customer(self):
        """Kept in UTC; read in Tokyo, where it is tomorrow already."""
        self._policy(cancel_hours=2)
        self.customer.tz = "Asia/Tokyo"
        order = self._confirmed()
        order.date_order = datetime(2026, 3, 10, 13, 30)
        with freeze_time("2026-03-10 14:30:00"):
            window = order._get_cancel_window()
            self.assertEqual(window["until"], datetime(2026, 3, 10, 15, 30))
            self.assertIn("3/11/26", window["text"])
            self.assertIn("12:30", window["text"])
            one = self._ask(order)
        self.assertEqual(one.requested_on, datetime(2026, 3, 10, 14, 30))
        self.assertEqual(one.requested_tz, "Asia/Tokyo")

    def test_days_before_delivery_of_the_warehouse(self):
        """The day ends where the goods are, not where the reader is."""
        self._policy(cancel_days_before=1)
        order = self._confirmed()
        order.warehouse_id.partner_id.tz = "Asia/Tokyo"
        # Noon of the 20th in Tokyo.
        order.commitment_date = datetime(2030, 5, 20, 3, 0)
        until = order._get_cancel_window()["until"]
        self.assertEqual(until, datetime(2030, 5, 19, 14, 59, 59))

    def test_printed_list_closes_it(self):
        policy = self._policy(cancel_hours=48)
        order = self._confirmed()
        order.sudo().picking_ids.printed = True
        self._assert_closed(order, "being packed")
        policy.cancel_until = "shipped"
        self.assertTrue(order._get_cancel_window()["open"])

    def test_shipped_goods_come_back_otherwise(self):
        self._policy(cancel_until="shipped")
        order = self._confirmed((self.product, 5))
        self._deliver(order, 2)
        self._assert_closed(order, "send them back")

    def test_salespeople_too(self):
        """When the time is over the sales administrator decides."""
        self._policy(cancel_hours=2, cancel_staff=True)
        order = self._confirmed()
        order.date_order = fields.Datetime.now() - timedelta(hours=3)
        one = self._new_cancellation(order)
        one.action_submit()
        with self.assertRaises(CancellationError) as caught, self.cr.savepoint():
            one.action_apply()
        self.assertIn("sales administrator", str(caught.exception))
        self.assertEqual(order.state, "sale")
        one.with_user(self.manager).action_apply()
        self.assertEqual(order.state, "cancel")
