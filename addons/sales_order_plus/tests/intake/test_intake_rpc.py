import base64
import json

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..seam.common import GuardCommon
from .common import IntakeCommon


@tagged("post_install", "-at_install")
class TestIntakeRpc(GuardCommon, IntakeCommon, HttpCase):
    """Orders over JSON-2 with a real API key of a salesperson."""

    def setUp(self):
        super().setUp()
        keys = self.env["res.users.apikeys"].with_user(self.salesman)
        self.key = keys._generate("rpc", "test", self.env.cr.now())

    def _call(self, method, **params):
        response = self.url_open(
            f"/json/2/sales.order.api/{method}",
            data=json.dumps(params),
            headers={
                "Authorization": f"bearer {self.key}",
                "Content-Type": "application/json",
            },
        )
        return response.status_code, response.json()

    def _order(self, reference, quantity=2, **values):
        line = {"product": "TSOP-S1", "quantity": quantity, "price_unit": 9.5}
        return {
            "external_ref": reference,
            "customer": "TSOP-C1",
            "lines": [line],
            **values,
        }

    def test_import_orders_once(self):
        orders = [self._order("X1"), self._order("X2")]
        status, answer = self._call("import_orders", orders=orders, confirm=True)
        self.assertEqual(status, 200)
        self.assertEqual([line["status"] for line in answer], ["confirmed"] * 2)
        order = self.env["sale.order"].browse(answer[0]["id"])
        self.assertRecordValues(order, [{"state": "sale", "amount_untaxed": 19.0}])
        _status, again = self._call("import_orders", orders=orders, confirm=True)
        self.assertEqual([line["status"] for line in again], ["exists"] * 2)
        self.assertEqual([x["id"] for x in again], [x["id"] for x in answer])

    def test_stopped_order_waits(self):
        self._stop_orders(severity="approve")
        _status, answer = self._call(
            "import_orders", orders=[self._order("X3")], confirm=True
        )
        self.assertEqual(answer[0]["status"], "waiting")
        order = self.env["sale.order"].browse(answer[0]["id"])
        self.assertEqual(order.state, "draft")

    def test_bad_order_spoils_no_other(self):
        orders = [self._order("X4", customer="NOBODY"), self._order("X5")]
        _status, answer = self._call("import_orders", orders=orders)
        self.assertEqual([line["status"] for line in answer], ["refused", "created"])
        self.assertEqual(answer[0]["reason"], "customer_unknown")

    @mute_logger("odoo.http")
    def test_unknown_keys_and_foreign_ids(self):
        for orders, place in (
            ([self._order("X6", colour="red")], "orders[0].colour"),
            ([self._order("X7", customer=999999999)], "orders[0].customer"),
            ([{"external_ref": "X8", "customer": "TSOP-C1"}], "orders[0].lines"),
            ([self._order("X9", quantity="many")], "orders[0].lines[0].quantity"),
        ):
            with self.subTest(place=place):
                status, error = self._call("import_orders", orders=orders)
                self.assertEqual(status, 422)
                self.assertEqual(error["context"]["key"], place)

    def test_import_file_and_status(self):
        content = base64.b64encode(self._csv(self._row(sku="TSOP-S1"), self._row()))
        status, answer = self._call(
            "import_file", filename="o.csv", content_base64=content.decode()
        )
        self.assertEqual((status, answer["state"]), (200, "queued"))
        self._work(self.env["sales.order.import"].browse(answer["id"]))
        _status, answer = self._call("import_status", import_id=answer["id"])
        self.assertEqual((answer["state"], answer["rows_total"]), ("done", 2))
        self.assertEqual(answer["rows_imported"] + answer["rows_reported"], 2)


@tagged("post_install", "-at_install")
class TestIntakeRights(IntakeCommon):
    def test_portal_user(self):
        with self.assertRaises(AccessError):
            self._upload(self._csv(self._row()), self.portal_user)

    def test_storeman(self):
        with self.assertRaises(AccessError):
            self._upload(self._csv(self._row()), self.storeman)

    def test_colleague_of_own_documents_sees_nothing(self):
        other = self._new_user("tsop_oth", "sales_team.group_sale_salesman")
        import_ = self._import_rows(self._row())
        with self.assertRaises(AccessError):
            import_.with_user(other).read(["filename"])
        self.assertTrue(import_.with_user(self.manager).read(["filename"]))

    def test_other_company(self):
        import_ = self._import_rows(self._row())
        company = self.env["res.company"].create({"name": "Other"})
        self.manager.write(
            {"company_ids": [(6, 0, company.ids)], "company_id": company.id}
        )
        with self.assertRaises(AccessError):
            import_.with_user(self.manager).read(["filename"])

    def test_result_cannot_be_faked(self):
        import_ = self._upload(self._csv(self._row()))
        with self.assertRaises(AccessError):
            import_.write({"state": "done"})
        row_vals = {"import_id": import_.id, "line_no": 1}
        with self.assertRaises(AccessError):
            import_.env["sales.order.import.row"].create(row_vals)
