import json

from odoo.tests import HttpCase
from odoo.tools import mute_logger

from ..seam.common import GuardCommon
from .common import IntakeCommon


class RpcCommon(IntakeCommon, GuardCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.key = self._get_key(self.salesman)

    def _get_key(self, user):
        keys = self.env["res.users.apikeys"].with_user(user)
        return keys._generate("rpc", "test", self.env.cr.now())

    def _call(self, method, key=None, **params):
        response = self.url_open(
            f"/json/2/sales.order.api/{method}",
            data=json.dumps(params),
            headers={
                "Authorization": f"bearer {key or self.key}",
                "Content-Type": "application/json",
            },
        )
        return response.status_code, response.json()

    def _order(self, ref="R1", **values):
        return {
            "external_ref": ref,
            "customer": "TSOP-C1",
            "lines": [{"product": "TSOP-S1", "quantity": 2, "price_unit": 10}],
            **values,
        }

    def _take_in(self, *orders, **params):
        status, data = self._call("import_orders", orders=list(orders), **params)
        self.assertEqual(status, 200, data)
        return data

    def _fail(self, *orders, **params):
        with mute_logger("odoo.http"):
            status, error = self._call("import_orders", orders=list(orders), **params)
        self.assertEqual(status, 422, error)
        self.assertNotIn("Traceback", error["message"])
        return error
