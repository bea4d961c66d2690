from odoo.exceptions import UserError
from odoo.tests import HttpCase, JsonRpcException, tagged

from ..common import SIGNATURE
from ..common_payment import OrderPaymentMixin
from .common import GuardCommon


@tagged("post_install", "-at_install")
class TestGuardSignature(GuardCommon, HttpCase):
    """A customer who signs a stopped order meets no error and loses nothing."""

    def _sign(self, order):
        return self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {
                "access_token": order._portal_ensure_token(),
                "name": "Paula",
                "signature": SIGNATURE,
            },
        )

    def _new_quotation(self):
        order = self._new_order(require_signature=True, require_payment=False)
        order.action_quotation_sent()
        return order

    def test_free_order_confirms(self):
        order = self._new_quotation()
        self._sign(order)
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.hold_since)

    def test_stopped_order_is_held(self):
        self._stop_orders(severity="approve")
        order = self._new_quotation()
        answer = self._sign(order)
        self.assertTrue(answer["force_refresh"])
        self.assertRecordValues(
            order,
            [{"state": "sent", "signed_by": "Paula", "lifecycle_stage": "pending"}],
        )
        self.assertTrue(order.hold_since)
        self.assertEqual(order.hold_reason, "Too large: ask Ann.")
        self.assertEqual(self._get_gate_codes(order), ["order.held"])
        page = self.url_open(order.get_portal_url()).text
        self.assertIn("Your order is being reviewed", page)
        self.assertNotIn("ask Ann", page)

    def test_release_confirms_signed_order(self):
        stop = self._stop_orders(severity="approve")
        order = self._new_quotation()
        self._sign(order)
        stop.stop()
        order._guard_release("confirm")
        self.assertRecordValues(order, [{"state": "sale", "hold_since": False}])
        codes = self._get_gate_codes(order)
        self.assertEqual(codes, ["order.held", "guard.released", "order.confirmed"])

    def test_release_leaves_unsigned_order(self):
        order = self._new_quotation()
        order._guard_release("confirm")
        self.assertEqual(order.state, "sent")

    def test_failed_release_tells_the_salesperson(self):
        self._stop_orders(severity="approve")
        order = self._new_quotation()
        self._sign(order)

        def fail(orders):
            raise UserError(orders.env._("No account for this product"))

        self.patch(self.env.registry["sale.order"], "_action_confirm", fail)
        self.patch(
            self.env.registry["sale.order"], "_get_guard_stops", lambda *args: {}
        )
        order._guard_release("confirm")
        self.assertEqual(order.state, "sent")
        activity = order.activity_ids.filtered(
            lambda activity: activity.summary == "Approved, but confirming failed"
        )
        self.assertEqual(activity.user_id, self.salesman)
        self.assertIn("No account for this product", activity.note)

    def test_wrong_token_signs_nothing(self):
        order = self._new_quotation()
        answer = self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {"access_token": "x", "name": "Eve", "signature": SIGNATURE},
        )
        self.assertIn("error", answer)
        self.assertFalse(order.signature)

    def test_rpc_error_is_readable(self):
        self._stop_orders()
        order = self._new_order()
        self.authenticate(self.salesman.login, self.salesman.login)
        with self.assertRaises(JsonRpcException) as caught:
            self.make_jsonrpc_request(
                "/web/dataset/call_kw/sale.order/write",
                {
                    "model": "sale.order",
                    "method": "write",
                    "args": [order.ids, {"state": "sale"}],
                    "kwargs": {},
                },
            )
        self.assertIn("GuardError", str(caught.exception))
        self.assertEqual(order.state, "draft")


@tagged("post_install", "-at_install")
class TestGuardPayment(OrderPaymentMixin, GuardCommon):
    """A paid order that is stopped keeps its money and waits."""

    def _new_quotation(self):
        order = self._new_order(require_payment=True, require_signature=False)
        order.action_quotation_sent()
        return order

    def test_free_order_confirms(self):
        order = self._new_quotation()
        self._pay_order(order).with_context(payment_backend_action=True)._post_process()
        self.assertEqual(order.state, "sale")

    def test_stopped_order_is_held_and_released(self):
        stop = self._stop_orders(severity="approve")
        order = self._new_quotation()
        transaction = self._pay_order(order)
        transaction._post_process()
        self.assertTrue(transaction.is_post_processed)
        self.assertEqual(order.state, "sent")
        self.assertTrue(order.hold_since)
        self.assertFalse(transaction._check_amount_and_confirm_order())
        stop.stop()
        order._guard_release("confirm")
        self.assertEqual(order.state, "sale")
