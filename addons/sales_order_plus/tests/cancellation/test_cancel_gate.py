from odoo.tests import tagged

from ...exceptions import CancellationError, GuardError
from ...models.seam.sales_guard_mixin import Finding
from .common import CancellationCommon


@tagged("post_install", "-at_install")
class TestCancelGate(CancellationCommon):
    """Every way to cancel a confirmed order has a reason and passes the gate."""

    def _stop(self):
        finding = Finding("finance", "Finance decides.", "approve")
        self.patch(
            self.registry["sales.order.cancellation"],
            "_get_guard_findings",
            lambda records, operation, baseline=None: {
                one.id: [finding] for one in records
            },
        )

    def test_plain_odoo_without_control(self):
        order = self._confirmed()
        order.with_user(self.salesman).action_cancel()
        self.assertEqual(order.state, "cancel")
        self.assertEqual(order.cancel_state, "full")
        self.assertFalse(order.cancellation_ids)

    def test_reason_is_asked_for(self):
        self._control_cancel()
        order = self._confirmed().with_user(self.salesman)
        for cancel in (
            order.action_cancel,
            order._action_cancel,
            lambda: order.write({"state": "cancel"}),
        ):
            with self.assertRaises(CancellationError) as caught, self.cr.savepoint():
                cancel()
            self.assertEqual(caught.exception.context["rule"], "required")
        self.assertEqual(order.state, "sale")

    def test_usual_reason(self):
        self._control_cancel(sales_cancel_reason_id=self.reason.id)
        order = self._confirmed().with_user(self.salesman)
        order.action_cancel()
        self._flush()
        self.assertEqual(order.state, "cancel")
        self.assertEqual(order.cancel_reason_id, self.reason)
        self.assertEqual(order.cancellation_ids.state, "applied")
        self.assertEqual(order.cancellation_ids.channel, "rpc")

    def test_approval_stops_every_way(self):
        self._control_cancel(sales_cancel_reason_id=self.reason.id)
        order = self._confirmed().with_user(self.salesman)
        self._stop()
        with self.assertRaises(GuardError), self.cr.savepoint():
            order.action_cancel()
        data = order.action_request_cancellation(None, "changed_mind")
        self.assertEqual(data["state"], "submitted")
        self.assertIn("Finance", data["stops"])
        cancellation = order.cancellation_ids
        with self.assertRaises(GuardError), self.cr.savepoint():
            cancellation.action_apply()
        with self.assertRaises(GuardError), self.cr.savepoint():
            cancellation._write_own({"state": "applied"})
        self._flush()
        self.assertEqual((order.state, order.cancel_state), ("sale", "pending"))

    def test_delivered_order_stays(self):
        self._control_cancel(sales_cancel_reason_id=self.reason.id)
        order = self._confirmed().with_user(self.salesman)
        self._deliver(order, 3)
        with self.assertRaises(CancellationError) as caught, self.cr.savepoint():
            order.action_cancel()
        self.assertEqual(caught.exception.context["rule"], "delivered")
