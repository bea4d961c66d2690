from xmlrpc.client import Fault

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common_api import ApiCommon
from .common import GuardCommon


@tagged("post_install", "-at_install")
class TestApi(GuardCommon, ApiCommon):
    """The facade as an integrator calls it, with a real API key."""

    def test_get_order(self):
        order = self._new_order((self.service, 3), client_order_ref="PO 1")
        status, data = self._call("get_order", name=order.name)
        self.assertEqual(status, 200)
        self.assertEqual(data["id"], order.id)
        self.assertEqual((data["state"], data["stage"]), ("draft", "draft"))
        self.assertEqual(data["amount_total"], 150)
        self.assertEqual(data["lines"][0]["quantity"], 3)

    def test_confirm_order(self):
        order = self._new_order((self.service, 1))
        status, data = self._call("confirm_order", name=order.name)
        self.assertEqual((status, data["state"]), (200, "sale"))

    @mute_logger("odoo.http")
    def test_refusal_has_findings(self):
        self._stop_orders()
        order = self._new_order((self.service, 1))
        status, error = self._call("confirm_order", name=order.name)
        self.assertEqual(status, 422)
        self.assertEqual(error["context"]["code"], "guard_refused")
        self.assertEqual(error["context"]["findings"][0]["code"], "test.stop")
        self.assertEqual(order.state, "draft")

    @mute_logger("odoo.http")
    def test_unknown_order(self):
        status, error = self._call("get_order", name="no such order")
        self.assertEqual(status, 422)
        self.assertIn("no such order", error["message"])

    @mute_logger("odoo.http")
    def test_order_of_a_colleague_is_unknown(self):
        order = self._new_order(user=self.colleague)
        status, _error = self._call("get_order", name=order.name)
        self.assertEqual(status, 422)

    @mute_logger("odoo.http")
    def test_unknown_argument(self):
        status, _error = self._call("get_order", name="x", colour="red")
        self.assertEqual(status, 422)

    def test_xmlrpc(self):
        order = self._new_order((self.service, 1))
        arguments = (self.env.cr.dbname, self.salesman.id, self.key)
        with mute_logger("odoo.addons.rpc.controllers"):
            data = self.xmlrpc_object.execute_kw(
                *arguments, "sales.order.api", "get_order", [], {"name": order.name}
            )
            self.assertEqual(data["name"], order.name)
            with self.assertRaises(Fault):
                self.xmlrpc_object.execute_kw(
                    *arguments, "sales.order.api", "_get_order_by_name", [order.name]
                )
