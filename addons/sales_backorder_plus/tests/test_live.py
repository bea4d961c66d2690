import json
from unittest.mock import patch

from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.sales_backorder_plus.models.live.ir_websocket import PREFIX
from odoo.addons.sales_backorder_plus.models.live.sales_backorder_live import CHANGED

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestLive(BackorderCommon, HttpCase):
    """Who has an order open sees at once what stock did to it."""

    def setUp(self):
        super().setUp()
        self._set_stock(self.product, 4)
        self.order = self._confirm((self.product, 10), client_order_ref="LIVE-BO")

    def _listen(self, work):
        """Return the orders told about by ``work``."""
        bus = self.env["bus.bus"].sudo()
        self._flush()
        last = max(bus.search([]).ids, default=0)
        work()
        self._flush()
        found = bus.search([("id", ">", last), ("message", "like", CHANGED)])
        return [
            (json.loads(one.channel)[1:], json.loads(one.message)["payload"])
            for one in found
        ]

    def _channels(self, user, *names):
        """Return what a browser of ``user`` really listens to of ours."""
        websocket = self.env["ir.websocket"].with_user(user)
        session = type("Session", (), {"uid": user.id})
        request = type("Request", (), {"session": session})
        path = "odoo.addons.bus.models.ir_websocket.wsrequest"
        with patch(path, request):
            channels = websocket._build_bus_channel_list(list(names))
        return [one for one in channels if PREFIX in str(one)]

    def test_receipt_is_told(self):
        told = self._listen(lambda: self._receive(self.product, 5))
        name = ["sale.order", self.order.id, PREFIX]
        self.assertEqual(told, [(name, {"order_id": self.order.id})])

    def test_new_shortage_is_told(self):
        told = self._listen(lambda: self._confirm((self.product, 3)))
        self.assertEqual(len(told), 1)

    def test_nothing_changed(self):
        self.assertFalse(self._listen(self._refresh))

    def test_who_may_listen(self):
        name = f"{PREFIX}{self.order.id}"
        mine = self._channels(self.salesman, name)
        self.assertEqual(mine, [(self.order, PREFIX)])
        stranger = new_test_user(
            self.env,
            login="tsbo_live",
            groups="base.group_user,sales_team.group_sale_salesman",
        )
        self.assertFalse(self._channels(stranger, name))
        self.assertFalse(self._channels(self.salesman, f"{PREFIX}x", f"{PREFIX}0"))

