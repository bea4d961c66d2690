from unittest.mock import patch

from odoo.tests import tagged

from .common import SelfServiceCommon


@tagged("post_install", "-at_install")
class TestPortalCancel(SelfServiceCommon):
    """The customer cancels his order or part of it, and sees first what it costs."""

    def setUp(self):
        super().setUp()
        self.window = {"open": True, "until": None, "text": "Until we pack it."}
        orders = type(self.env["sale.order"])
        self.startPatcher(
            patch.object(orders, "_get_cancel_window", lambda order: self.window)
        )
        reasons = self.env["sales.cancel.reason"]
        self.reason = reasons.create({"name": "Ordered twice"})
        self.other_reason = reasons.create({"name": "Else", "requires_note": True})
        self.secret = reasons.create({"name": "Bad payer", "portal_visible": False})

    def _wish(self, order, quantity=None, **values):
        wish = {"scope": "all", "reason_id": self.reason.id}
        if quantity is not None:
            wish |= {f"quantity_{order.order_line[:1].id}": quantity, "scope": "lines"}
        return {**wish, **values}

    def _send(self, order, **wish):
        return self._post(order, "/cancel", step="submit", **wish)

    def test_form_says_until_when_and_why(self):
        order = self._confirmed((self.product, 4))
        page = self._browse(self._link(order)).text
        self.assertIn("o_sales_cancel", page)
        page = self._browse(self._link(order, "/cancel")).text
        self.assertIn("Until we pack it.", page)
        self.assertIn("Ordered twice", page)
        self.assertNotIn("Bad payer", page)

    def test_preview_keeps_nothing(self):
        order = self._confirmed((self.product, 4))
        page = self._post(order, "/cancel", step="preview", **self._wish(order, "1"))
        self.assertIn("o_sales_preview", page.text)
        self.assertIn("357.00", page.text)
        self.assertFalse(order.sudo().cancellation_ids)
        self.assertEqual(order.order_line.product_uom_qty, 4)

    def test_part_of_a_line(self):
        order = self._confirmed((self.product, 4))
        page = self._send(order, **self._wish(order, "1"))
        self.assertIn("we have your cancellation", page.text)
        one = order.sudo().cancellation_ids
        self.assertEqual((one.state, one.channel), ("applied", "portal"))
        self.assertEqual(order.state, "sale")
        self.assertEqual(self._open(order), 3)
        self.assertIn(one.name, page.text)

    def test_whole_order(self):
        order = self._confirmed((self.product, 4))
        page = self._send(order, **self._wish(order))
        self.assertEqual(order.state, "cancel")
        self.assertIn(order.sudo().cancellation_ids.name, page.text)
        status = self._browse(self._link(order, "/status")).json()
        self.assertEqual(status["stage"], "cancelled")

    def test_reason_has_to_be_one_for_customers(self):
        order = self._confirmed((self.product, 4))
        for reason in ("", "0", "abc", self.secret.id):
            page = self._send(order, **self._wish(order, reason_id=reason))
            self.assertIn("choose why you cancel", page.text)
        page = self._send(order, **self._wish(order, reason_id=self.other_reason.id))
        self.assertIn("say a few words more", page.text)
        self.assertEqual(order.state, "sale")

    def test_too_much_and_nothing(self):
        order = self._confirmed((self.product, 4))
        page = self._send(order, **self._wish(order, "5"))
        self.assertIn("o_sales_error", page.text)
        page = self._send(order, **self._wish(order, "0"))
        self.assertIn("say how many", page.text)
        self.assertFalse(order.sudo().cancellation_ids)

    def test_line_of_another_order(self):
        order, other = self._confirmed((self.product, 4)), self._confirmed()
        page = self._send(order, **self._wish(other, "1"))
        self.assertIn("no open line of the order", page.text)

    def test_too_late(self):
        order = self._confirmed((self.product, 4))
        self.window |= {"open": False, "text": "It was possible until noon."}
        page = self._browse(self._link(order, "/cancel")).text
        self.assertIn("It was possible until noon.", page)
        self.assertIn("#discussion", page)
        data = self._call(order, "/cancel/submit", reason_id=self.reason.id)
        self.assertEqual(data["error"]["rule"], "window")
        self.assertEqual(order.state, "sale")

    def test_program(self):
        order = self._confirmed((self.product, 4))
        wish = {"quantities": {order.order_line.id: 1}, "reason_id": self.reason.id}
        data = self._call(order, "/cancel/preview", **wish)
        amounts = {row["name"]: row["amount"] for row in data["amounts"]}
        self.assertEqual((amounts["before"], amounts["after"]), (476, 357))
        self.assertFalse(order.sudo().cancellation_ids)
        data = self._call(order, "/cancel/submit", **wish)
        self.assertEqual((data["kind"], data["state"]), ("cancel", "applied"))
