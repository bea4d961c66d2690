import json
from xmlrpc.client import Fault

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_rpc import RpcCommon


@tagged("post_install", "-at_install")
class TestImportOrders(RpcCommon):
    """Many orders in one call, as an integrator sends them."""

    def test_created(self):
        result = self._take_in(
            self._order(date="2026-01-15T10:00:00+01:00", client_order_ref="PO 7"),
            self._order(
                "R2", lines=[{"product": "TSOP-P1", "quantity": 1, "discount": 10}]
            ),
        )
        orders = self.env["sale.order"].browse([entry["id"] for entry in result])
        self.assertEqual(
            result,
            [
                {
                    "index": index,
                    "external_ref": ref,
                    "status": "created",
                    "id": order.id,
                    "name": order.name,
                    "reason": False,
                    "key": False,
                    "message": False,
                }
                for index, (ref, order) in enumerate(
                    zip(("R1", "R2"), orders, strict=True)
                )
            ],
        )
        self.assertRecordValues(
            orders,
            [
                {
                    "partner_id": self.customer.id,
                    "client_order_ref": "PO 7",
                    "intake_key": "R1",
                    "amount_untaxed": 20,
                    "user_id": self.salesman.id,
                    "create_uid": self.salesman.id,
                },
                {
                    "partner_id": self.customer.id,
                    "client_order_ref": "R2",
                    "intake_key": "R2",
                    # The list price less ten percent.
                    "amount_untaxed": 90,
                    "user_id": self.salesman.id,
                    "create_uid": self.salesman.id,
                },
            ],
        )
        self.assertEqual(str(orders[0].date_order), "2026-01-15 09:00:00")

    def test_ids_instead_of_references(self):
        lines = [{"product": self.product.id, "quantity": 1}]
        result = self._take_in(self._order(customer=self.customer.id, lines=lines))
        order = self.env["sale.order"].browse(result[0]["id"])
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(order.order_line.product_id, self.product)

    def test_confirmed_and_waiting(self):
        large = self.env["res.partner"].create({"name": "Large", "ref": "LARGE"})
        self._stop_orders(large, severity="approve")
        result = self._take_in(
            self._order(), self._order("R2", customer="LARGE"), confirm=True
        )
        self.assertEqual([e["status"] for e in result], ["confirmed", "waiting"])
        self.assertEqual(result[1]["message"], "Too large: ask Ann.")
        orders = self.env["sale.order"].browse([entry["id"] for entry in result])
        self.assertEqual(orders.mapped("state"), ["sale", "draft"])

    def test_sent_again(self):
        first = self._take_in(self._order())
        again = self._take_in(self._order(), self._order("R2"), self._order("R2"))
        self.assertEqual([e["status"] for e in again], ["exists", "created", "exists"])
        self.assertEqual(again[0]["id"], first[0]["id"])
        self.assertEqual(again[1]["id"], again[2]["id"])
        self.assertEqual(
            self.env["sale.order"].search_count([("intake_key", "in", ["R1", "R2"])]), 2
        )

    def test_one_bad_order_does_not_stop_the_others(self):
        good = {"product": "TSOP-S1", "quantity": 1}
        result = self._take_in(
            self._order(customer="nobody"),
            self._order("R2", lines=[good, {"product": "nothing", "quantity": 1}]),
            self._order("R3", lines=[good, {"product": "TSOP-P1", "quantity": -1}]),
            self._order("R4", currency="XAU"),
            self._order("R5"),
        )
        self.assertEqual(
            [(e["status"], e["reason"], e["key"]) for e in result],
            [
                ("refused", "customer_unknown", "orders[0].customer"),
                ("refused", "product_unknown", "orders[1].lines[1].product"),
                ("refused", "negative_quantity", "orders[2].lines[1].quantity"),
                ("refused", "currency_mismatch", "orders[3].currency"),
                ("created", False, False),
            ],
        )
        self.assertIn("nobody", result[0]["message"])
        self.assertFalse(any(entry["id"] for entry in result[:4]))
        # An order comes in whole or not at all.
        self.assertFalse(self.env["sale.order"].search([("intake_key", "=", "R2")]))

    def test_create_missing(self):
        orders = [
            self._order(ref, customer="new@shop.example", lines=[line])
            for ref in ("R1", "R2")
            for line in [{"product": "N-1", "quantity": 1, "price_unit": 4}]
        ]
        key = self._get_key(self.creator)
        status, result = self._call(
            "import_orders", key, orders=orders, create_missing=True
        )
        self.assertEqual((status, result[1]["status"]), (200, "created"))
        created = self.env["sale.order"].browse([entry["id"] for entry in result])
        self.assertEqual(len(created.partner_id), 1)
        self.assertEqual(created.order_line.product_id.default_code, "N-1")

    def test_create_missing_without_the_right(self):
        with mute_logger("odoo.http"):
            status, _error = self._call(
                "import_orders", orders=[self._order()], create_missing=True
            )
        self.assertEqual(status, 403)

    def test_unknown_keys(self):
        for order, place in (
            ({**self._order(), "custmer": "x"}, "orders[0].custmer"),
            (self._order(partner_id=1), "orders[0].partner_id"),
            (
                self._order(lines=[{"product": "x", "quantity": 1, "price": 1}]),
                "orders[0].lines[0].price",
            ),
        ):
            error = self._fail(order)
            self.assertEqual(error["context"]["key"], place)
            self.assertEqual(error["context"]["code"], "intake_data")
            self.assertIn(place, error["message"])

    def test_missing_keys(self):
        for key in ("external_ref", "customer", "lines"):
            order = self._order()
            del order[key]
            self.assertEqual(self._fail(order)["context"]["key"], f"orders[0].{key}")
        error = self._fail(self._order(lines=[{"product": "x"}]))
        self.assertEqual(error["context"]["key"], "orders[0].lines[0].quantity")

    def test_wrong_types(self):
        line = {"product": "TSOP-S1", "quantity": 1}
        for order, place in (
            ("text", "orders[0]"),
            (self._order(external_ref=5), "orders[0].external_ref"),
            (self._order(customer=True), "orders[0].customer"),
            (self._order(customer=["x"]), "orders[0].customer"),
            (self._order(date="31/02/2026"), "orders[0].date"),
            (self._order(lines=["x"]), "orders[0].lines[0]"),
            (
                self._order(lines=[{**line, "quantity": "2"}]),
                "orders[0].lines[0].quantity",
            ),
            (
                self._order(lines=[{**line, "quantity": float("nan")}]),
                "orders[0].lines[0].quantity",
            ),
            (
                self._order(lines=[{**line, "price_unit": float("inf")}]),
                "orders[0].lines[0].price_unit",
            ),
        ):
            with self.subTest(place=place):
                self.assertEqual(self._fail(order)["context"]["key"], place)

    def test_foreign_ids(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.env["res.partner"].create({"name": "T", "company_id": other.id})
        goods = self._new_product("Theirs", 1, company_id=other.id)
        for order, place in (
            (self._order(customer=theirs.id), "orders[0].customer"),
            (self._order(customer=2**31 - 1), "orders[0].customer"),
            (
                self._order(lines=[{"product": goods.id, "quantity": 1}]),
                "orders[0].lines[0].product",
            ),
        ):
            with self.subTest(place=place):
                error = self._fail(order)
                self.assertEqual(error["context"]["key"], place)
                self.assertIn(place, error["message"])
        self.assertFalse(self.env["sale.order"].search([("intake_key", "=", "R1")]))

    def test_too_many(self):
        orders = [self._order(f"R{number}") for number in range(501)]
        self.assertEqual(self._fail(*orders)["context"]["key"], "orders")

    def test_unknown_argument(self):
        with mute_logger("odoo.http"):
            status, _error = self._call("import_orders", orders=[], force=True)
        self.assertEqual(status, 422)

    def test_rights(self):
        with mute_logger("odoo.http"):
            status, _error = self._call(
                "import_orders", self._get_key(self.storeman), orders=[self._order()]
            )
        self.assertEqual(status, 403)
        # A portal user has no API keys at all: JSON-RPC is his way in.
        error = self._call_portal("import_orders", orders=[self._order()])
        self.assertEqual(error["data"]["name"], "odoo.exceptions.AccessError")

    def _call_portal(self, method, **kwargs):
        self.authenticate(self.portal_user.login, self.portal_user.login)
        params = {
            "model": "sales.order.api",
            "method": method,
            "args": [],
            "kwargs": kwargs,
        }
        with mute_logger("odoo.http"):
            response = self.url_open(
                "/web/dataset/call_kw",
                data=json.dumps({"jsonrpc": "2.0", "params": params}),
                headers={"Content-Type": "application/json"},
            )
        return response.json()["error"]

    def test_xml_rpc(self):
        arguments = (self.env.cr.dbname, self.salesman.id, self.key)
        call = (*arguments, "sales.order.api", "import_orders", [])
        result = self.xmlrpc_object.execute_kw(*call, {"orders": [self._order()]})
        self.assertEqual(result[0]["status"], "created")
        with mute_logger("odoo.http"), self.assertRaises(Fault) as caught:
            self.xmlrpc_object.execute_kw(*call, {"orders": [{"x": 1}]})
        self.assertIn("orders[0].x", caught.exception.faultString)
        self.assertNotIn("Traceback", caught.exception.faultString)
