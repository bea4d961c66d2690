from odoo.tools import mute_logger

from ..common_api import ApiCommon
from ..seam.common import GuardCommon
from .common import IntakeCommon


class RpcCommon(IntakeCommon, GuardCommon, ApiCommon):
    """Orders as an integrator sends them."""

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
