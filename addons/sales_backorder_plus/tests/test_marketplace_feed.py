import csv
import io
from unittest.mock import patch

import requests

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import BackorderCommon
from .test_fulfilment_exchange import ServiceSimulator


@tagged("post_install", "-at_install")
class TestMarketplaceFeed(BackorderCommon, HttpCase):
    """A marketplace knows what is in stock, and hears only of changes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.categ = cls.env["product.category"].create({"name": "Test Market"})
        cls.lamp, cls.vase = (
            cls._new_product(
                f"Test {code}",
                5.0,
                is_storable=True,
                default_code=code,
                categ_id=cls.categ.id,
            )
            for code in ("TS-LAMP", "TS-VASE")
        )
        cls.feed = (
            cls.env["sales.marketplace.feed"]
            .with_user(cls.manager)
            .create(
                {
                    "name": "Test Market",
                    "warehouse_ids": [Command.set(cls.warehouse.ids)],
                    "categ_ids": [Command.set(cls.categ.ids)],
                    "qty_buffer": 2,
                }
            )
        )

    def setUp(self):
        super().setUp()
        self._set_stock(self.lamp, 10)
        self._set_stock(self.vase, 5)
        self.service = ServiceSimulator()
        cron = type(self.env["ir.cron"])
        self.patch(cron, "_commit_progress", lambda *args, **kwargs: 600.0)
        self.startPatcher(patch.object(requests, "request", self.service.request))
        self._publish()

    def _publish(self):
        """Do what the job does every few minutes."""
        self._flush()
        # Each run of the job begins with what is committed.
        self.env.invalidate_all()
        self.env["sales.marketplace.feed"]._cron_publish()
        self.env.flush_all()

    def _read(self, after=0, token=None, **query):
        token = token or self.feed.sudo().pull_token
        params = "&".join(f"{k}={v}" for k, v in {"after": after, **query}.items())
        return self.url_open(f"/sales_backorder_plus/feed/{token}?{params}")

    def _rows(self, after=0):
        answer = self._read(after)
        self.assertEqual(answer.status_code, 200)
        return answer.json()["items"]

    def _post_to_service(self):
        self.feed.sudo().write(
            {"kind": "http", "url": "https://market.test.example/stock"}
        )

    def test_whole_feed(self):
        self.assertEqual(
            [(row["sku"], row["quantity"]) for row in self._rows()],
            [("TS-LAMP", 8.0), ("TS-VASE", 3.0)],
        )

    def test_only_what_changed(self):
        """Stock of one product changes: it alone, less the buffer, with its date."""
        known = self._read().json()["version"]
        self._plan_receipt(self.lamp, 20, days=6)
        self._set_stock(self.lamp, -4)
        self._publish()
        self.assertEqual(
            self._rows(known),
            [
                {
                    "sku": "TS-LAMP",
                    "quantity": 4.0,
                    "available_on": str(self._in_days(6)),
                    "sell_short": False,
                    "removed": False,
                }
            ],
        )
        # Whoever lost the answer asks again and gets the same.
        self.assertEqual(len(self._rows(known)), 1)
        self.assertEqual(len(self._rows()), 2)

    def test_nothing_changed(self):
        known = self._read().json()
        self._publish()
        again = self._read(known["version"]).json()
        self.assertEqual(again, {"version": known["version"], "items": []})

    def test_wrong_token(self):
        self.assertEqual(self._read(token="wrong").status_code, 403)
        self.feed.active = False
        self._flush()
        self.assertEqual(self._read().status_code, 403)

    def test_wrong_number(self):
        for after in ("-1", "x", "9" * 20):
            self.assertEqual(self._read(after).status_code, 422)

    def test_as_table(self):
        answer = self._read(format="csv")
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        self.assertEqual(
            [(row["sku"], row["quantity"]) for row in rows],
            [("TS-LAMP", "8.0"), ("TS-VASE", "3.0")],
        )
        self.assertEqual(answer.headers["X-Feed-Version"], "1")

    def test_reserved_is_not_offered(self):
        self._confirm((self.lamp, 5))
        self._publish()
        self.assertEqual(self._rows(1)[0]["quantity"], 3.0)

    def test_never_below_nothing(self):
        self._confirm((self.vase, 5))
        self._publish()
        self.assertEqual(self._rows(1)[0]["quantity"], 0.0)

    def test_quota_of_the_channel(self):
        channel = self.env["sales.channel"].create(
            {"name": "Test Market", "code": "TSMKT", "kind": "marketplace"}
        )
        self.feed.channel_id = channel
        self.env["sales.channel.quota"].create(
            {
                "name": "Market",
                "sales_channel_ids": [Command.set(channel.ids)],
                "product_id": self.lamp.id,
                "warehouse_id": self.warehouse.id,
                "amount": 5,
            }
        )
        self._publish()
        [row] = self._rows(1)
        self.assertEqual((row["sku"], row["quantity"]), ("TS-LAMP", 3.0))

    def test_not_offered_any_more(self):
        self.vase.sale_ok = False
        self._publish()
        [row] = self._rows(1)
        self.assertEqual((row["sku"], row["removed"]), ("TS-VASE", True))
        self.vase.sale_ok = True
        self._publish()
        [row] = self._rows(2)
        self.assertEqual((row["removed"], row["quantity"]), (False, 3.0))

    def test_posted_once(self):
        self._post_to_service()
        self._set_stock(self.lamp, 1)
        self._publish()
        self._publish()
        self.assertEqual(
            [key for _url, key in self.service.calls],
            [f"feed-{self.feed.id}-{version}" for version in (1, 2)],
        )
        body = self.service.taken[f"feed-{self.feed.id}-2"]
        self.assertEqual([row["sku"] for row in body["items"]], ["TS-LAMP"])

    def test_service_down(self):
        """Tried again with the same key; changes meanwhile have keys of their own."""
        self.env["sales.marketplace.batch"].search([]).unlink()
        self._post_to_service()
        self.service.answers = [503]
        self._set_stock(self.lamp, 1)
        self._publish()
        batch = self.feed.batch_ids
        self.assertEqual(batch.state, "retrying")
        job = self.env["sales.retry.job"].search(
            [("model", "=", batch._name), ("res_id", "=", batch.id)]
        )
        job._run()
        self.assertEqual((job.state, batch.state), ("done", "sent"))
        self.assertEqual(len({key for _url, key in self.service.calls}), 1)

    def test_asked_to_run_when_stock_changes(self):
        cron = self.env.ref("sales_backorder_plus.ir_cron_marketplace")
        triggers = self.env["ir.cron.trigger"]
        before = triggers.search_count([("cron_id", "=", cron.id)])
        self._receive(self.lamp, 3)
        self.assertGreater(triggers.search_count([("cron_id", "=", cron.id)]), before)
        self.assertFalse(self.service.calls)

    def test_another_kind_of_marketplace(self):
        """An adapter overrides one method and gets the same neutral message."""
        told = []
        batch = self.feed.batch_ids
        feed_class = type(self.feed)

        def hand_over(feed, body, key):
            told.append((key, [row["sku"] for row in body["items"]]))

        self.feed.sudo().write({"kind": "http", "url": "https://adapter.test"})
        with patch.object(feed_class, "_hand_over", hand_over):
            self._publish()
        self.assertEqual(told, [(batch.key, ["TS-LAMP", "TS-VASE"])])

    def test_salesman_reads_no_feed(self):
        with self.assertRaises(AccessError):
            self.feed.with_user(self.salesman).read(["name"])
        with self.assertRaises(AccessError):
            self.feed.with_user(self.manager).read(["pull_token"])
