import json

from odoo.tests import HttpCase

from ..common import SIGNATURE
from ..common_payment import OrderPaymentMixin
from ..validation.common import ValidationCommon


class EligibilityCommon(ValidationCommon):
    """A compliance officer decides, a salesperson sells."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls._new_user(
            "tsop_off", "sales_order_plus.group_compliance_officer"
        )
        cls.officer.group_ids += cls.env.ref("base.group_partner_manager")
        cls.salesman.group_ids += cls.env.ref("base.group_partner_manager")


class EligibilityPathsCommon(OrderPaymentMixin, EligibilityCommon, HttpCase):
    """Every way an order may become one."""

    def _sign(self, order, **values):
        return self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {
                "access_token": order._portal_ensure_token(),
                "name": "Paula",
                "signature": SIGNATURE,
                **values,
            },
        )

    def _confirm_over_json2(self, order):
        keys = self.env["res.users.apikeys"].with_user(self.salesman)
        key = keys._generate("rpc", "test", self.env.cr.now())
        return self.url_open(
            "/json/2/sale.order/action_confirm",
            data=json.dumps({"ids": order.ids}),
            headers={
                "Authorization": f"bearer {key}",
                "Content-Type": "application/json",
            },
        )

    def _new_quotation(self, *lines, **values):
        order = self._new_order(*lines, require_payment=False, **values)
        order.action_quotation_sent()
        return order
