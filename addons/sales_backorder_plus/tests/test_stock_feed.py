from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import BackorderCommon


@tagged("post_install", "-at_install")
class TestStockFeed(BackorderCommon, HttpCase):
    """A marketplace reads what changed since it asked last, and nothing twice anew."""

    def setUp(self):
        super().setUp()
        self.category = self.env["product.category"].create({"name": "Test Feed"})
        self.other = self._new_product(
            "Test Widget", 5.0, is_storable=True, default_code="TSBO-W"
        )
        (self.product | self.other).categ_id = self.category
        self._set_stock(self.product, 10)
        self._set_stock(self.other, 2)
        self.feed = (
            self.env["sales.stock.feed"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Test Market",
                    "buffer": 3,
                    "category_ids": [Command.set(self.category.ids)],
                    "is_backorderable": True,
                }
            )
        )
        self.path = f"/sales_backorder/feed/{self.feed.token}"

    def _read(self, since=0, path=None):
        response = self.url_open(f"{path or self.path}?since={since}")
        self.assertEqual(response.status_code, 200)
        return response.json()

    def test_only_what_changed(self):
        """Minus the buffer, never below nothing, with the day of the next receipt."""
        data = self._read()
        found = {item["sku"]: item["quantity"] for item in data["items"]}
        self.assertEqual(found, {str(self.product.id): 7.0, "TSBO-W": 0.0})
        self.assertEqual(self._read(data["cursor"])["items"], [])
        self._plan_receipt(self.other, 20, days=4)
        self._set_stock(self.other, 6)
        changed = self._read(data["cursor"])
        self.assertEqual(
            changed["items"],
            [
                {
                    "sku": "TSBO-W",
                    "name": "Test Widget",
                    "quantity": 5.0,
                    "unit": "Units",
                    "backorderable": True,
                    "expected": str(self._in_days(4)),
                }
            ],
        )
        # An answer that got lost is asked for again.
        self.assertEqual(self._read(data["cursor"]), changed)

    def test_wrong_token(self):
        for token in ("wrong", f"{self.feed.token}x"):
            response = self.url_open(f"/sales_backorder/feed/{token}")
            self.assertEqual(response.status_code, 403)
            self.assertNotIn("Test", response.text)

    def test_new_address(self):
        self.feed.action_new_token()
        self.assertEqual(self.url_open(self.path).status_code, 403)
        path = f"/sales_backorder/feed/{self.feed.token}"
        self.assertEqual(len(self._read(path=path)["items"]), 2)

    def test_archived(self):
        self.feed.active = False
        self.assertEqual(self.url_open(self.path).status_code, 403)

    def test_no_longer_sold(self):
        cursor = self._read()["cursor"]
        self.product.sale_ok = False
        items = self._read(cursor)["items"]
        self.assertEqual([item["quantity"] for item in items], [0.0])
        self.assertEqual(self._read(cursor + 1)["items"], [])

    def test_csv(self):
        response = self.url_open(f"{self.path}?format=csv")
        rows = response.text.split("\r\n")
        self.assertEqual(rows[0], "sku,name,quantity,unit,backorderable,expected")
        self.assertEqual(len([row for row in rows if row]), 3)
        self.assertEqual(response.headers["X-Feed-Cursor"], "2")

    def test_strange_cursors(self):
        for since in ("-1", "x", "99999999999999999999", "²"):
            with self.subTest(since=since):
                response = self.url_open(f"{self.path}?since={since}")
                self.assertEqual(response.status_code, 200)

    def test_long_feeds_come_in_parts(self):
        data = self.env["sales.stock.feed"]._read_feed(self.feed.token, limit=1)
        self.assertTrue(data["more"])
        rest = self.env["sales.stock.feed"]._read_feed(
            self.feed.token, data["cursor"], limit=1
        )
        self.assertFalse(rest["more"])
        self.assertNotEqual(data["items"], rest["items"])

    def test_who_reads_the_token(self):
        feed = self.feed.with_user(self.salesman)
        self.assertEqual(feed.name, "Test Market")
        for name in ("token", "url"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                feed.read([name])
        with self.assertRaises(AccessError):
            feed.action_new_token()
        with self.assertRaises(AccessError):
            self.feed.with_user(self.portal_user).read(["name"])
