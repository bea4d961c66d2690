import json

from odoo.tests import tagged

from .common import SelfServiceCommon


@tagged("post_install", "-at_install")
class TestMobileApi(SelfServiceCommon):
    """An app of a salesperson, with a key, over JSON-2."""

    def setUp(self):
        super().setUp()
        keys = self.env["res.users.apikeys"].with_user(self.salesman)
        self.key = keys._generate("rpc", "test", self.env.cr.now())

    def _json2(self, method, **params):
        response = self._browse(
            f"/json/2/sales.order.api/{method}",
            method="POST",
            data=json.dumps(params),
            headers={
                "Authorization": f"bearer {self.key}",
                "Content-Type": "application/json",
            },
        )
        return response.status_code, response.json()

    def test_preview_submit_and_status(self):
        order = self._confirmed((self.product, 4))
        changes = [{"kind": "quantity", "line": order.order_line.id, "quantity": 5}]
        asked = {"name": order.name, "changes": changes}
        code, impact = self._json2("preview_change", **asked)
        self.assertEqual(code, 200, impact)
        self.assertEqual(impact["after"]["totals"]["total"], 595)
        self.assertFalse(order.change_ids)
        code, change = self._json2(
            "request_change_of_order", **asked, reason="By app", apply=True
        )
        self.assertEqual((code, change["state"]), (200, "applied"))
        code, status = self._json2("get_order_status", name=order.name)
        self.assertEqual((code, status["stage"]), (200, "confirmed"))
        self.assertEqual(status["requests"][0]["number"], change["number"])

    def test_refusal_is_422(self):
        order = self._confirmed((self.product, 4))
        code, error = self._json2(
            "request_change_of_order",
            name=order.name,
            changes=[{"kind": "quantity", "line": order.order_line.id, "quantity": -1}],
            reason="By app",
        )
        self.assertEqual(code, 422)
        self.assertEqual(error["context"]["field"], "quantity")
