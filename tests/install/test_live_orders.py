"""Two people at once: what one receives, the other sees in the order he has open."""

import json
import re

import pytest
import requests
import websocket

from tests import support

CHANNEL = "sales_backorder/order/"
CHANGED = "sales_backorder/updated"
# Within so many seconds the other one has to hear of it.
PATIENCE_S = 5
SET_UP = """
from odoo.fields import Command
def user(login, group):
    return env["res.users"].create({
        "name": login, "login": login, "password": login,
        "group_ids": [Command.set([env.ref("base.group_user").id, env.ref(group).id])]})
sam = user("live_sam", "sales_team.group_sale_salesman")
user("live_eve", "sales_team.group_sale_salesman")
user("live_sto", "stock.group_stock_user")
warehouse = env["stock.warehouse"].search([], limit=1)
product = env["product.product"].create({"name": "Live", "is_storable": True})
order = env["sale.order"].create({
    "partner_id": env["res.partner"].create({"name": "Live"}).id, "user_id": sam.id,
    "order_line": [Command.create({"product_id": product.id, "product_uom_qty": 6})]})
order.action_confirm()
receipt = env["stock.picking"].create({
    "picking_type_id": warehouse.in_type_id.id,
    "move_ids": [Command.create({
        "product_id": product.id, "product_uom_qty": 6,
        "location_id": env.ref("stock.stock_location_suppliers").id,
        "location_dest_id": warehouse.in_type_id.default_location_dest_id.id})]})
receipt.action_confirm()
env.cr.commit()
print(f"READY {order.id} {receipt.id}")
"""


@pytest.mark.slow
def test_receipt_reaches_the_other_tab():
    with support.database("live", support.ADDONS_TEMPLATE) as database:
        done = support.run_in_shell(database, SET_UP)
        found = re.search(r"READY (\d+) (\d+)", done.stdout)
        assert found, done.stderr[-3000:]
        order, receipt = map(int, found.groups())
        with support.odoo_server(database) as (_process, port):
            sam, eve, storeman = (
                Browser(port, database, login)
                for login in ("live_sam", "live_eve", "live_sto")
            )
            for listener in (sam, eve):
                listener.open_order(order)
            assert sam.get_shortage(order) == 6.0
            storeman.call("stock.picking", "button_validate", [[receipt]])
            assert sam.hear() == {"order_id": order}
            assert sam.get_shortage(order) == 0.0
            # Somebody else's salesperson asked for the same order and hears nothing.
            with pytest.raises(websocket.WebSocketTimeoutException):
                eve.hear()


class Browser:
    """What a browser of one user does, without its pages."""

    def __init__(self, port, database, login):
        self.url = f"http://127.0.0.1:{port}"
        self.session = requests.Session()
        params = {"db": database, "login": login, "password": login}
        self._post("/web/session/authenticate", params)

    def _post(self, path, params):
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = self.session.post(self.url + path, json=body, timeout=60).json()
        assert "error" not in answer, answer
        return answer["result"]

    def call(self, model, method, arguments, **options):
        params = {"model": model, "method": method, "args": arguments}
        return self._post(
            f"/web/dataset/call_kw/{model}/{method}", {**params, "kwargs": options}
        )

    def get_shortage(self, order):
        domain = [("order_id", "=", order)]
        rows = self.call(
            "sale.order.line", "search_read", [domain], fields=["qty_short"]
        )
        return sum(row["qty_short"] for row in rows)

    def open_order(self, order):
        cookies = "; ".join(f"{c.name}={c.value}" for c in self.session.cookies)
        self.socket = websocket.create_connection(
            self.url.replace("http", "ws") + "/websocket",
            origin=self.url,
            cookie=cookies,
            timeout=PATIENCE_S,
        )
        data = {"channels": [f"{CHANNEL}{order}"], "last": 0}
        self.socket.send(json.dumps({"event_name": "subscribe", "data": data}))

    def hear(self):
        """Return what the next message about backorders says."""
        while True:
            for one in json.loads(self.socket.recv()):
                if one["message"]["type"] == CHANGED:
                    return one["message"]["payload"]
