from odoo.tests import tagged

from .common import SelfServiceCommon


@tagged("post_install", "-at_install")
class TestPortalStatus(SelfServiceCommon):
    """How far an order is, on its page and for programs."""

    def _status(self, order, **query):
        return self._browse(self._link(order, "/status", **query)).json()

    def _states(self, status):
        return {step["code"]: step["state"] for step in status["steps"]}

    def test_status_follows_the_deliveries(self):
        order = self._confirmed((self.product, 10))
        status = self._status(order)
        self.assertEqual((status["order"], status["stage"]), (order.name, "confirmed"))
        self.assertEqual((status["shipped"], status["deliveries"]), (0, 1))
        self.assertEqual(
            self._states(status),
            {
                "received": "done",
                "confirmed": "current",
                "picking": "open",
                "shipped": "open",
                "delivered": "open",
            },
        )
        order.sudo().picking_ids.printed = True
        self.assertEqual(self._status(order)["stage"], "picking")
        self._deliver(order, 4)
        status = self._status(order)
        self.assertEqual(status["label"], "Shipped 1/2")
        self.assertEqual((status["shipped"], status["deliveries"]), (1, 2))
        self.assertFalse(status["final"])
        self._deliver(order, 6)
        status = self._status(order)
        self.assertEqual((status["stage"], status["final"]), ("delivered", True))
        self.assertEqual(set(self._states(status).values()), {"done"})

    def test_fragment_equals_the_page(self):
        """What is fetched every 15 seconds is what the page itself says."""
        order = self._confirmed((self.product, 10))
        page = self._browse(self._link(order)).text
        self.assertIn("data-sales-status-url", page)
        self.assertIn('data-stage="confirmed"', page)
        self._deliver(order, 4)
        html = self._status(order, fragments=1)["fragments"]["sales_progress"]
        self.assertIn("Shipped 1/2", html)
        self.assertIn("Shipped 1/2", self._browse(self._link(order)).text)

    def test_review_is_a_step_of_whom_is_reviewed(self):
        order = self._new_order().sudo()
        order.action_quotation_sent()
        self.assertEqual(self._status(order)["stage"], "quotation")
        self.assertFalse(self._status(order)["steps"])
        order._write_own({"hold_since": "2025-01-01 00:00:00"})
        status = self._status(order)
        self.assertEqual((status["stage"], status["label"]), ("review", "In review"))
        self.assertEqual(self._states(status)["review"], "current")

    def test_cancelled_order(self):
        order = self._confirmed()
        order.with_user(self.manager)._action_cancel()
        status = self._status(order)
        self.assertEqual((status["stage"], status["final"]), ("cancelled", True))

    def test_nobody_else_reads_it(self):
        order, other = self._confirmed(), self._confirmed()
        wrong = other.sudo()._portal_ensure_token()
        for query in ("", f"?access_token={wrong}", "?access_token="):
            response = self._browse(f"/my/orders/{order.id}/status{query}")
            self.assertEqual(response.status_code, 404)
            self.assertNotIn(order.name, response.text)
        self._sign_in()
        self.assertEqual(
            self._browse(f"/my/orders/{order.id}/status").json()["order"], order.name
        )
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        foreign = self._confirmed(partner_id=stranger.id)
        response = self._browse(f"/my/orders/{foreign.id}/status")
        self.assertEqual(response.status_code, 404)

    def test_it_needs_no_more_than_a_few_queries(self):
        """It is asked every 15 seconds by each open page."""
        order = self._confirmed((self.product, 10)).sudo()
        self._flush()
        with self.assertQueryCount(12):
            order._get_customer_status()

    def test_chat_names_the_order(self):
        order = self._confirmed()
        page = self._browse(self._link(order)).text
        self.assertIn("o_sales_chat", page)
        self.assertIn(f"About order {order.name}:", page)
        self.assertIn('href="#discussion"', page)
