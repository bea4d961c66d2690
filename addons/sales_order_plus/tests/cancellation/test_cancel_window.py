from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from ...exceptions import CancellationError
from .common import CancellationCommon

CONFIRMED = datetime(2026, 3, 10, 14, 30)


@tagged("post_install", "-at_install")
class TestCancelWindow(CancellationCommon):
    """Customers cancel by themselves as long as the policy says."""

    def _policy(self, **values):
        return self.env["sales.change.policy"].create(
            {
                "name": "Shop",
                "company_id": self.company.id,
                "cancel_until": "hours",
                "cancel_hours": 2,
                **values,
            }
        )

    def _at(self, **delta):
        return freeze_time(CONFIRMED + timedelta(**delta))

    def _confirmed_then(self, *lines, **values):
        with freeze_time(CONFIRMED):
            return self._confirmed(*lines, **values).sudo()

    def test_nothing_configured(self):
        order = self._confirmed_then()
        window = order._get_cancel_window()
        self.assertEqual((window["open"], window["until"]), (False, None))
        self.assertIn("salesperson", window["text"])

    def test_two_hours(self):
        self._policy()
        self.customer.tz = "Asia/Tokyo"
        order, late = self._confirmed_then(), self._confirmed_then()
        with self._at(hours=1, minutes=59):
            window = order._get_cancel_window()
            self.assertTrue(window["open"])
            self.assertEqual(window["until"], CONFIRMED + timedelta(hours=2))
            # 16:30 UTC is half past one of the next morning there.
            self.assertIn("1:30", window["text"])
            self.assertIn("Asia/Tokyo", window["text"])
            one = order._request_cancellation_as_customer(None, self.reason, "Sorry")
            self.assertEqual((one.state, order.state), ("applied", "cancel"))
            self.assertEqual(one.channel, "portal")
        with self._at(hours=2, minutes=1):
            self.assertFalse(late._get_cancel_window()["open"])
            with self.assertRaises(CancellationError) as caught, self.cr.savepoint():
                late._request_cancellation_as_customer(None, self.reason)
        self.assertEqual(caught.exception.context["rule"], "window")
        self.assertEqual(late.state, "sale")

    def test_printed_picking_closes(self):
        self._policy()
        order = self._confirmed_then()
        with self._at(minutes=5):
            self.assertTrue(order._get_cancel_window()["open"])
            order.picking_ids.printed = True
            self.assertFalse(order._get_cancel_window()["open"])

    def test_picked_and_shipped(self):
        policy = self._policy(cancel_until="open", cancel_closed_by="shipped")
        order = self._confirmed_then()
        order.picking_ids.move_ids.picked = True
        self.assertTrue(order._get_cancel_window()["open"])
        self.assertIsNone(order._get_cancel_window()["until"])
        policy.cancel_closed_by = "picked"
        self.assertFalse(order._get_cancel_window()["open"])

    def test_day_before_in_the_zone_of_the_warehouse(self):
        self._policy(cancel_until="scheduled", cancel_days=1, cancel_time=12)
        order = self._confirmed_then()
        order.warehouse_id.partner_id.tz = "Asia/Tokyo"
        # The 20th there already.
        order.commitment_date = datetime(2026, 3, 19, 20, 0)
        window = order._get_cancel_window()
        self.assertEqual(window["until"], datetime(2026, 3, 19, 3, 0))

    def test_moments(self):
        """UTC is stored, with the zone of who asked; shown in the customer's."""
        self._policy()
        self.customer.tz = "Asia/Tokyo"
        order = self._confirmed_then()
        with self._at(minutes=1):
            one = order._request_cancellation_as_customer(None, self.reason)
        self.assertEqual(one.requested_on, CONFIRMED + timedelta(minutes=1))
        self.assertEqual(one.requested_tz, "Asia/Tokyo")
        self.assertEqual(one.effective_on, one.requested_on)
        self.assertIn("11:31", one._get_customer_time(one.requested_on))

    def test_preview_keeps_nothing(self):
        self._policy()
        order = self._confirmed_then((self.product, 10))
        with self._at(minutes=1):
            data = order._preview_cancellation_as_customer(
                {order.order_line.id: 4}, self.reason
            )
        self.assertEqual((data["fee"], data["state"]), (0, "applied"))
        self.assertFalse(order.cancellation_ids)
        self.assertEqual(order.order_line.product_uom_qty, 10)
        self.assertAlmostEqual(data["total"], order.amount_total * 0.6, 2)

    def test_binds_staff(self):
        policy = self._policy(cancel_binds_staff=True)
        order = self._confirmed_then()
        with self._at(hours=3):
            with self.assertRaises(CancellationError) as caught, self.cr.savepoint():
                self._cancelled(order)
            self.assertEqual(caught.exception.context["rule"], "window")
            policy.cancel_binds_staff = False
            self._cancelled(order)
        self.assertEqual(order.state, "cancel")
