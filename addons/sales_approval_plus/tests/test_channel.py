import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from .common_deadline import DeadlineCommon

PATH = "/services/T0/B0/verysecret"


class ChatServer(HTTPServer):
    """A chat service on this machine; what it was told lies in ``told``."""

    def __init__(self, port=0):
        super().__init__(("127.0.0.1", port), ChatHandler)
        self.status, self.told = 200, []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def stop(self):
        self.shutdown()
        self.server_close()


class ChatHandler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.status == 200:
            self.server.told.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *args):
        """Say nothing."""


@tagged("post_install", "-at_install")
class TestChannel(DeadlineCommon):
    """Rooms and programs are told what was committed, once the service is there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = ChatServer()
        cls.addClassCleanup(lambda: cls.server.stop())
        cls.address = f"http://127.0.0.1:{cls.server.server_port}{PATH}"
        cls.channel = cls._new_channel("slack")
        cls.admin = new_test_user(
            cls.env, "tsap_admin", groups="base.group_user,base.group_system"
        )

    @classmethod
    def _new_channel(cls, kind, **values):
        return cls.env["sales.approval.channel"].create(
            {"name": kind, "kind": kind, "url": cls.address, **values}
        )

    def setUp(self):
        super().setUp()
        self.server.status = 200
        self.server.told.clear()

    def _send(self, moment="09:01"):
        with freeze_time(f"2026-06-01 {moment}"):
            self.env.ref("sales_order_plus.ir_cron_retry").method_direct_trigger()
        self.env.invalidate_all()

    def _get_told(self):
        return [json.loads(body) for _path, _headers, body in self.server.told]

    def _restart(self):
        type(self).server = ChatServer(self.server.server_port)

    # --- what is told --- #

    def test_nothing_goes_out_before_the_job(self):
        self._submit_at("09:00")
        self.assertEqual(self.server.told, [])
        self._send()
        self.assertEqual(len(self.server.told), 1)
        self._send("09:30")
        self.assertEqual(len(self.server.told), 1, "once")
        self.assertEqual(self.channel.outbox_ids.state, "sent")

    def test_slack(self):
        order = self._submit_at("09:00")
        self._send()
        [told] = self._get_told()
        self.assertEqual(set(told), {"text", "blocks"})
        text = told["blocks"][0]["text"]["text"]
        link = self._get_request(order)._get_link()
        self.assertTrue(text.startswith(f"<{link}|{order.name} waits for approval>"))
        self.assertIn("High discount", text)
        self.assertIn("Test Customer", text)
        self.assertIn(f"Waiting for {self.ann.name}", text)

    def test_names_are_no_markup(self):
        self.customer.name = "<!channel> [x](http://evil.example) & Co"
        self._new_channel("teams")
        self._submit_at("09:00")
        self._send()
        texts = {
            "blocks" if "blocks" in told else "card": json.dumps(told)
            for told in self._get_told()
        }
        self.assertIn("&lt;!channel&gt;", texts["blocks"])
        self.assertNotIn("<!channel>", texts["blocks"])
        self.assertIn(r"\\[x\\]\\(http", texts["card"])

    def test_teams(self):
        self.channel.kind = "teams"
        order = self._submit_at("09:00")
        self._send()
        [told] = self._get_told()
        [attachment] = told["attachments"]
        card = attachment["content"]
        self.assertEqual(card["type"], "AdaptiveCard")
        self.assertIn("waits for approval", card["body"][0]["text"])
        [action] = card["actions"]
        self.assertEqual(action["url"], self._get_request(order)._get_link())

    def test_signed_json(self):
        self.channel.active = False
        self._new_channel("generic", secret="shared")
        order = self._submit_at("09:00")
        self._send()
        [(_path, headers, body)] = self.server.told
        signed = headers["X-Sales-Timestamp"].encode() + b"." + body
        expected = hmac.new(b"shared", signed, hashlib.sha256).hexdigest()
        self.assertEqual(headers["X-Sales-Signature"], expected)
        self.assertTrue(headers["X-Sales-Delivery"])
        told = json.loads(body)
        self.assertEqual(
            (told["event"], told["order"], told["state"], told["amount"]),
            ("submitted", order.name, "pending", 80.0),
        )

    def test_only_the_events_that_are_wanted(self):
        self.channel.write({"on_submitted": False, "on_decided": True})
        self.step.write({"timeout_value": 4, "on_timeout": "notify"})
        order = self._submit_at("09:00")
        self._run_at("13:00")
        with freeze_time("2026-06-01 14:00"):
            self._approve(order, self.ann)
        self._send("14:01")
        texts = [told["text"] for told in self._get_told()]
        self.assertEqual(texts, [f"{order.name} is late", f"{order.name}: Approved"])

    def test_every_end_is_told(self):
        self.channel.on_submitted = False
        orders = [self._submit_at("09:00") for _number in range(3)]
        self._reject(orders[0], self.ann)
        self.env.flush_all()
        self.env.invalidate_all()
        orders[1].with_user(self.ann).action_request_change("Less")
        orders[2].action_withdraw()
        self.env.flush_all()
        states = self.channel.outbox_ids.sorted("id").mapped("payload")
        words = [payload["text"].split(": ")[1] for payload in states]
        self.assertEqual(words, ["Rejected", "Changes requested", "Withdrawn"])

    def test_other_companies_are_not_told(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self._new_channel("slack", company_id=other.id)
        self._submit_at("09:00")
        self.assertFalse(foreign.outbox_ids)
        self.assertEqual(len(self.channel.outbox_ids), 1)

    def test_without_channels_it_costs_nothing(self):
        self.channel.unlink()
        requests = self._get_request(self._submit_at("09:00"))
        channels = self.env["sales.approval.channel"]
        # As in a transaction that begins when there are none.
        channels._forget_presence()
        channels._has_records()
        with self.assertQueryCount(0):
            channels._tell("submitted", requests)

    # --- the service is away --- #

    def test_away_and_back_again(self):
        self.server.stop()
        self._submit_at("09:00")
        self._send("09:00")
        message = self.channel.outbox_ids
        self.assertEqual((message.state, message.attempts), ("waiting", 1))
        self.assertEqual(str(message.next_try), "2026-06-01 09:01:00")
        self.assertEqual(message.last_error, "No answer: cannot be reached.")
        self._send("09:01")
        self.assertEqual(message.attempts, 2)
        self.assertEqual(str(message.next_try), "2026-06-01 09:06:00")
        self._restart()
        self._send("09:05")
        self.assertEqual(self.server.told, [], "not before its time")
        self._send("09:06")
        self.assertEqual(len(self.server.told), 1)
        self.assertEqual(message.state, "sent")
        self.assertFalse(message.last_error)

    def test_its_own_trouble_passes(self):
        for status in (503, 429):
            self.server.status = status
            self._submit_at("09:00")
            self._send("09:00")
            self.assertEqual(self.channel.outbox_ids[0].state, "waiting")
        self.server.status = 200
        self._send("10:00")
        self.assertEqual(len(self.server.told), 2)

    def test_a_no_is_not_asked_again(self):
        for status in (404, 302):
            self.server.status = status
            self._submit_at("09:00")
            self._send("09:00")
            message = self.channel.outbox_ids[0]
            self.assertEqual(message.state, "failed")
            self.assertIn(str(status), message.last_error)

    def test_order_goes_on_whatever_the_service_does(self):
        self.server.status = 503
        order = self._submit_at("09:00")
        self._approve(order, self.ann)
        self.assertEqual(order.approval_state, "approved")

    # --- secrets --- #

    def test_no_secret_in_any_log(self):
        self._new_channel("generic", secret="shared-secret")
        self.server.stop()
        with self.assertLogs(level="DEBUG") as logs:
            self._submit_at("09:00")
            # The job has to fail until it is given up, which is logged.
            for day in range(1, 9):
                with freeze_time(f"2026-06-{day:02} 10:00"):
                    self.env.ref(
                        "sales_order_plus.ir_cron_retry"
                    ).method_direct_trigger()
            self.env.invalidate_all()
            self._restart()
            self.env["sales.retry.job"].search([]).action_try_now()
            self.env.ref("sales_order_plus.ir_cron_retry").method_direct_trigger()
        self.assertTrue(self.server.told)
        jobs = self.env["sales.retry.job"].search([])
        shown = "\n".join(
            [
                *(line for line in logs.output if "odoo.sql_db" not in line),
                *(job.last_error or "" for job in jobs),
                str(self.channel.outbox_ids.mapped("payload")),
            ]
        )
        self.assertIn("given up", shown)
        for secret in ("verysecret", "shared-secret"):
            self.assertNotIn(secret, shown)

    def test_only_administrators_read_the_address(self):
        mine = self.channel.with_user(self.manager)
        self.assertEqual(mine.name, "slack")
        for name in ("url", "secret"):
            with self.assertRaises(AccessError):
                mine.read([name])
        self.assertEqual(
            self.channel.with_user(self.admin).read(["url"])[0]["url"], self.address
        )
        with self.assertRaises(AccessError):
            mine.action_test()
        with self.assertRaises(AccessError):
            mine.search([("url", "like", "verysecret")])
        self.assertFalse(self.channel.copy_data()[0].get("url"))

    def test_test_message(self):
        self.channel.with_user(self.admin).action_test()
        self.env.ref("sales_order_plus.ir_cron_retry").method_direct_trigger()
        [told] = self._get_told()
        self.assertIn("Test message", told["text"])

    def test_settings_that_make_no_sense(self):
        wrong = {"Address": {"url": "ftp://example"}, "Secret": {"kind": "generic"}}
        for message, vals in wrong.items():
            vals = {"name": "New", "url": self.address, **vals}
            with self.subTest(message):
                with self.assertRaisesRegex(ValidationError, message):
                    self.env["sales.approval.channel"].create(vals)
