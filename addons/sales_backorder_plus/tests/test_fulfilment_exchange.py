import base64
import csv
import io
import json
from unittest.mock import patch

import requests

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.sales_backorder_plus.exceptions import ExchangeError

from .common import BackorderCommon


class ServiceSimulator:
    """The other side: takes each key once, and is down when told so."""

    def __init__(self):
        self.taken, self.calls, self.answers = {}, [], []

    def request(self, _method, url, json, headers, timeout, allow_redirects):
        self.calls.append((url, headers["Idempotency-Key"]))
        answer = self.answers.pop(0) if self.answers else 200
        if answer is None:
            raise requests.ConnectionError("down")
        if answer == 200:
            self.taken.setdefault(headers["Idempotency-Key"], json)
        response = requests.Response()
        response.status_code = answer
        return response


@tagged("post_install", "-at_install")
class TestFulfilmentExchange(BackorderCommon, HttpCase):
    """A logistics provider ships for us: told once, heard once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.partner_id.tz = "UTC"
        cls.keeper = new_test_user(
            cls.env,
            login="tsbo_keeper",
            groups="base.group_user,stock.group_stock_manager",
            company_id=cls.company.id,
        )
        cls.product.default_code = "TS-GADGET"
        cls.provider = (
            cls.env["sales.fulfilment.provider"]
            .with_user(cls.keeper)
            .create(
                {
                    "name": "Test Logistics",
                    "warehouse_id": cls.warehouse.id,
                    "user_id": cls.storeman.id,
                }
            )
        )
        cls.env.flush_all()
        # Address and tokens are the administrator's.
        cls.provider.sudo().write(
            {"kind": "http", "url": "https://3pl.test.example/in", "token": "T"}
        )

    def setUp(self):
        super().setUp()
        self.service = ServiceSimulator()
        cron = type(self.env["ir.cron"])
        self.patch(cron, "_commit_progress", lambda *args, **kwargs: 600.0)
        self.startPatcher(patch.object(requests, "request", self.service.request))
        # What was open before is none of these tests' business.
        self._exchange()
        self.service.calls.clear()
        self.service.taken.clear()

    def _exchange(self):
        """Do what the job does every few minutes."""
        self.env["sales.fulfilment.provider"]._cron_exchange()

    def _tell(self, data, token=None):
        """Post as the provider does."""
        token = token or self.provider.sudo().inbound_token
        return self.url_open(
            f"/sales_backorder_plus/fulfilment/{self.provider.id}",
            data=data if isinstance(data, str) else json.dumps(data),
            headers={
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
            },
        )

    def _shipped(self, picking, quantity, key="3PL-1", **vals):
        return {
            "key": key,
            "type": "shipped",
            "shipment": picking.name,
            "lines": [{"product": "TS-GADGET", "quantity": quantity}],
            **vals,
        }

    def _messages(self, **vals):
        domain = [(name, "=", value) for name, value in vals.items()]
        return (
            self.env["sales.fulfilment.message"]
            .with_user(self.keeper)
            .search([("provider_id", "=", self.provider.id), *domain], order="id")
        )

    def _ready_order(self, quantity=10):
        self._set_stock(self.product, quantity)
        return self._confirm((self.product, quantity))

    # === Told === #

    def test_told_once(self):
        order = self._ready_order()
        picking = self._pickings(order)
        self._exchange()
        self._exchange()
        [(url, key)] = self.service.calls
        self.assertEqual(url, "https://3pl.test.example/in")
        self.assertEqual(key, f"{picking.name}#1")
        body = self.service.taken[key]
        self.assertEqual(
            (body["version"], body["type"], body["shipment"], body["order"]),
            (1, "ship", picking.name, order.name),
        )
        [line] = body["lines"]
        self.assertEqual((line["product"], line["quantity"]), ("TS-GADGET", 10.0))
        self.assertEqual(body["address"]["name"], "Test Customer")

    def test_short_order_is_told_as_far_as_it_goes(self):
        """6 of 10: 6 are told; when 4 more arrive, all 10 are."""
        self._set_stock(self.product, 6)
        order = self._confirm((self.product, 10))
        picking = self._pickings(order)
        self._exchange()
        self._receive(self.product, 4)
        self._exchange()
        told = [
            (key, body["lines"][0]["quantity"])
            for key, body in self.service.taken.items()
            if body["type"] == "ship"
        ]
        self.assertEqual(
            told, [(f"{picking.name}#1", 6.0), (f"{picking.name}#2", 10.0)]
        )

    def test_cancelled_order_is_taken_back(self):
        order = self._ready_order()
        picking = self._pickings(order)
        self._exchange()
        order.action_cancel()
        self._flush()
        self._exchange()
        self._exchange()
        self.assertEqual(len(self.service.calls), 2)
        body = self.service.taken[f"{picking.name}#2"]
        self.assertEqual((body["type"], body["shipment"]), ("cancel", picking.name))

    def test_service_down(self):
        """Kept, tried again with the same key, taken once."""
        self.service.answers = [None]
        picking = self._pickings(self._ready_order())
        self._exchange()
        message = self._messages(picking_id=picking.id)
        self.assertEqual(message.state, "retrying")
        self.assertIn("cannot be reached", message.error)
        job = self.env["sales.retry.job"].search(
            [("model", "=", message._name), ("res_id", "=", message.id)]
        )
        self._exchange()
        self.assertEqual(len(self.service.calls), 1)
        job._run()
        self.assertEqual((job.state, message.state), ("done", "sent"))
        keys = {key for _url, key in self.service.calls}
        self.assertEqual(keys, {message.key})
        self.assertEqual(list(self.service.taken), [message.key])

    def test_service_refuses(self):
        self.service.answers = [400]
        picking = self._pickings(self._ready_order())
        self._exchange()
        message = self._messages(picking_id=picking.id)
        self.assertEqual(message.state, "failed")
        self.assertEqual(self.provider.failed_count, 1)
        opened = self.provider.action_view_messages()["context"]
        self.assertEqual(opened, {"search_default_failed": 1})
        message.action_try_again()
        self._exchange()
        self.assertEqual(message.state, "sent")
        self.assertEqual(self.provider.action_view_messages()["context"], {})

    def test_job_comes_after_the_commit(self):
        """Confirming an order talks to nobody."""
        cron = self.env.ref("sales_backorder_plus.ir_cron_fulfilment")
        triggers = self.env["ir.cron.trigger"]
        before = triggers.search_count([("cron_id", "=", cron.id)])
        self._ready_order()
        self.assertFalse(self.service.calls)
        self.assertGreater(triggers.search_count([("cron_id", "=", cron.id)]), before)

    # === Heard === #

    def test_shipped_twice_counts_once(self):
        """'Shipped 4, tracking X', told twice: 4 delivered, 6 in a backorder."""
        order = self._ready_order()
        picking = self._pickings(order)
        self._exchange()
        data = self._shipped(picking, 4, tracking="X-1")
        first, second = self._tell(data), self._tell(data)
        self.assertEqual((first.status_code, first.json()["status"]), (200, "done"))
        self.assertEqual((second.status_code, second.json()["status"]), (200, "known"))
        self.env.invalidate_all()
        self.assertEqual(order.order_line.qty_delivered, 4.0)
        self.assertEqual(picking.state, "done")
        self.assertEqual(picking.carrier_tracking_ref, "X-1")
        rest = self._pickings(order)
        self.assertEqual(rest.move_ids.product_uom_qty, 6.0)
        self._exchange()
        self.assertEqual(
            self.service.taken[f"{rest.name}#1"]["lines"][0]["quantity"], 6.0
        )

    def test_by_the_number_of_the_line(self):
        picking = self._pickings(self._ready_order())
        self._exchange()
        [line] = self.service.taken[f"{picking.name}#1"]["lines"]
        data = self._shipped(picking, 0)
        data["lines"] = [{"line": line["line"], "quantity": line["quantity"]}]
        self.assertEqual(self._tell(data).status_code, 200)
        self.assertEqual(picking.state, "done")

    def test_received(self):
        """5 of 8 arrive: they are in stock, 3 are still expected."""
        receipt = self._plan_receipt(self.product, 8)
        self._exchange()
        self.assertEqual(self.service.taken[f"{receipt.name}#1"]["type"], "receive")
        data = {**self._shipped(receipt, 5), "type": "received"}
        self.assertEqual(self._tell(data).status_code, 200)
        here = self.product.with_context(warehouse_id=self.warehouse.id)
        self.assertEqual((here.qty_available, here.incoming_qty), (5.0, 3.0))

    def test_received_fills_a_backorder(self):
        backorder = self._find(self._confirm((self.product, 5)))
        receipt = self._plan_receipt(self.product, 5)
        self._tell({**self._shipped(receipt, 5), "type": "received"})
        self.env.invalidate_all()
        self.assertEqual(backorder.state, "filled")

    def test_wrong_token(self):
        picking = self._pickings(self._ready_order())
        data = self._shipped(picking, 4)
        self.assertEqual(self._tell(data, token="wrong").status_code, 403)
        self.provider.active = False
        self.assertEqual(self._tell(data).status_code, 403)
        self.assertFalse(self._messages(direction="in"))
        self.assertEqual(picking.state, "assigned")

    def test_no_message(self):
        for body in ("no json", "[]", '{"key": "1"}', '{"key": 1, "type": "shipped"}'):
            with self.subTest(body=body):
                self.assertEqual(self._tell(body).status_code, 422)
        self.assertFalse(self._messages(direction="in"))

    def test_refused_and_parked(self):
        """What cannot be true changes nothing, and waits for somebody."""
        picking = self._pickings(self._ready_order())
        cases = {
            "too much": [{"product": "TS-GADGET", "quantity": 11}],
            "unknown": [{"product": "TS-NONE", "quantity": 1}],
            "none": [],
            "no number": [{"product": "TS-GADGET", "quantity": "4"}],
            "negative": [{"product": "TS-GADGET", "quantity": -4}],
        }
        for key, lines in cases.items():
            with self.subTest(case=key):
                answer = self._tell(self._shipped(picking, 0, key=key, lines=lines))
                self.assertEqual(answer.status_code, 422)
                self.assertTrue(answer.json()["error"])
        messages = self._messages(direction="in", state="failed")
        self.assertEqual(messages.mapped("key"), list(cases))
        self.assertEqual(picking.state, "assigned")
        self.assertEqual(picking.move_ids.quantity, 10.0)

    def test_parked_message_told_again(self):
        """The same key, corrected: it is carried out."""
        picking = self._pickings(self._ready_order())
        self.assertEqual(self._tell(self._shipped(picking, 11)).status_code, 422)
        self.assertEqual(self._tell(self._shipped(picking, 4)).status_code, 200)
        message = self._messages(direction="in")
        self.assertEqual((message.state, message.picking_id), ("done", picking))

    def test_key_of_another_message(self):
        picking = self._pickings(self._ready_order())
        self._tell(self._shipped(picking, 4))
        self.assertEqual(self._tell(self._shipped(picking, 5)).status_code, 409)

    def test_shipment_of_another_warehouse(self):
        other = self.env["stock.warehouse"].create({"name": "Test Two", "code": "TSX2"})
        receipt = self._plan_receipt(self.product, 8, warehouse=other)
        data = {**self._shipped(receipt, 8), "type": "received"}
        self.assertEqual(self._tell(data).status_code, 422)
        self.assertNotEqual(receipt.state, "done")

    def test_carried_out_with_the_rights_of_its_user(self):
        """Who may not validate transfers cannot be the name it is done in."""
        picking = self._pickings(self._ready_order())
        clerk = new_test_user(self.env, login="tsbo_clerk", groups="base.group_user")
        self.provider.sudo().user_id = clerk
        answer = self._tell(self._shipped(picking, 4))
        self.assertEqual(answer.status_code, 422)
        self.env.invalidate_all()
        self.assertEqual(picking.state, "assigned")

    # === Files === #

    def _open_files(self, **vals):
        self.provider.sudo().kind = "file"
        return (
            self.env["sales.fulfilment.exchange"]
            .with_user(self.keeper)
            .create({"provider_id": self.provider.id, **vals})
        )

    def test_file_for_the_provider(self):
        picking = self._pickings(self._ready_order())
        files = self._open_files()
        self._exchange()
        self.assertFalse(self.service.calls)
        files.action_export()
        text = base64.b64decode(files.file_out).decode()
        rows = [
            row
            for row in csv.DictReader(io.StringIO(text))
            if row["shipment"] == picking.name
        ]
        self.assertEqual(len(rows), 1)
        self.assertEqual(rows[0]["type"], "ship")
        self.assertEqual(
            (rows[0]["product"], rows[0]["quantity"]), ("TS-GADGET", "10.0")
        )
        self.assertEqual(self._messages(picking_id=picking.id).state, "sent")
        again = self._open_files(format="json")
        again.action_export()
        self.assertEqual(json.loads(base64.b64decode(again.file_out)), [])

    def test_file_of_the_provider(self):
        order = self._ready_order()
        picking = self._pickings(order)
        text = (
            "key,type,shipment,product,quantity,tracking\n"
            f"F-1,shipped,{picking.name},TS-GADGET,4,X-2\n"
            "F-2,shipped,NONE,TS-GADGET,1,\n"
        )
        for expected in ("carried out", "known already"):
            files = self._open_files(file_in=base64.b64encode(text.encode()))
            files.action_import()
            self.assertIn(f"F-1: {expected}", files.outcome)
            self.assertIn("F-2: shipment: “NONE” is unknown", files.outcome)
        self.assertEqual(order.order_line.qty_delivered, 4.0)
        self.assertEqual(picking.carrier_tracking_ref, "X-2")

    def test_unreadable_file(self):
        for text, form in (("key,quantity\n1,x\n", "csv"), ("{", "json")):
            files = self._open_files(
                file_in=base64.b64encode(text.encode()), format=form
            )
            with self.assertRaises(ExchangeError), self.env.cr.savepoint():
                files.action_import()

    def test_storeman_exchanges_nothing(self):
        files = self._open_files()
        with self.assertRaises(AccessError):
            files.with_user(self.storeman).action_export()
        with self.assertRaises(AccessError):
            self.provider.with_user(self.storeman).name = "Mine"
        with self.assertRaises(AccessError):
            self.provider.with_user(self.keeper).read(["inbound_token"])

    def test_address_is_whole(self):
        with self.assertRaises(ExchangeError), self.env.cr.savepoint():
            self.provider.sudo().write({"kind": "http", "url": "3pl.test"})
