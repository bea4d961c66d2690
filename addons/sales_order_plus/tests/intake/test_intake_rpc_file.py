import base64
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_rpc import RpcCommon


@tagged("post_install", "-at_install")
class TestImportFile(RpcCommon):
    """Files over RPC: upload, ask how far it is."""

    def _send(self, content, key=None, **params):
        with mute_logger("odoo.http"):
            return self._call(
                "import_file",
                key,
                filename="orders.csv",
                content_base64=base64.b64encode(content).decode(),
                **params,
            )

    def test_uploaded_and_followed(self):
        content = self._csv(self._row(), self._row(quantity="-2"))
        status, data = self._send(content, options={"mode": "confirm"})
        self.assertEqual((status, data["state"]), (200, "queued"))
        _status, before = self._call("import_status", import_id=data["id"])
        self.assertEqual((before["state"], before["progress"]), ("queued", 0))
        self._work(self.env["sales.order.import"].browse(data["id"]))
        _status, after = self._call("import_status", import_id=data["id"])
        self.assertEqual(
            after,
            {
                "id": data["id"],
                "name": data["name"],
                "state": "done",
                "failure": "",
                "progress": 100.0,
                "rows_total": 2,
                "rows_imported": 1,
                "rows_reported": 1,
                "orders": 1,
                "orders_waiting": 0,
                "customers_created": 0,
                "products_created": 0,
                "reported": [
                    {
                        "line": 3,
                        "column": "Quantity",
                        "value": "-2",
                        "reason": "negative_quantity",
                        "message": "",
                        "next_step": "Handle it as a cancellation or return of the "
                        "first order.",
                    }
                ],
            },
        )

    def test_saved_mapping(self):
        mapping = self.env["sales.order.import.mapping"].create(
            {
                "name": "Agency",
                "line_ids": [
                    (0, 0, {"header": header, "target": target})
                    for header, target in (
                        ("Nr", "order_ref"),
                        ("Wer", "customer"),
                        ("Was", "product"),
                        ("Wieviel", "quantity"),
                    )
                ],
            }
        )
        content = b"Nr,Wer,Was,Wieviel\nA1,TSOP-C1,TSOP-P1,1\n"
        status, data = self._send(content, mapping="Agency")
        self.assertEqual(status, 200, data)
        import_ = self.env["sales.order.import"].browse(data["id"])
        self.assertEqual(import_.mapping_id, mapping)
        status, error = self._send(content, mapping="Nobody's")
        self.assertEqual((status, error["context"]["key"]), (422, "mapping"))

    def test_refused(self):
        content = self._csv(self._row())
        for options, key in (
            ({"colour": "red"}, "options.colour"),
            ({"state": "done"}, "options.state"),
            ({"mode": "destroy"}, "options.mode"),
            ({"encoding": "klingon"}, "options.encoding"),
            ({"whole_orders": "yes"}, "options.whole_orders"),
            ({"tz": "Mars/Olympus"}, "options.tz"),
            ({"pricelist_id": 2**31 - 1}, "options.pricelist_id"),
            ({"cancel_prefix": 5}, "options.cancel_prefix"),
        ):
            with self.subTest(key=key):
                status, error = self._send(content, options=options)
                self.assertEqual((status, error["context"]["key"]), (422, key))
                self.assertIn(key, error["message"])
        for content, message in ((b"", "empty"), (b"\x00\x01" * 500, "neither text")):
            status, error = self._send(content)
            self.assertEqual(status, 422)
            self.assertIn(message, error["message"])
        self.assertFalse(
            self.env["sales.order.import"].search([("user_id", "=", self.salesman.id)])
        )

    def test_same_file_twice(self):
        content = self._csv(self._row())
        self._send(content)
        status, error = self._send(content)
        self.assertEqual(status, 422)
        self.assertIn("Import Again", error["message"])
        status, _data = self._send(content, options={"force": True})
        self.assertEqual(status, 200)

    def test_status_of_somebody_elses_import(self):
        import_ = self._import_rows(self._row(), user=self.creator)
        with mute_logger("odoo.http"):
            status, error = self._call("import_status", import_id=import_.id)
        self.assertEqual(status, 422)
        self.assertIn("that you may read", error["message"])

    def test_rights(self):
        key = self._get_key(self.storeman)
        self.assertEqual(self._send(self._csv(self._row()), key)[0], 403)
        with mute_logger("odoo.http"):
            status, _error = self._call("import_status", key, import_id=1)
        self.assertEqual(status, 403)

    def test_broken_cron_does_not_matter(self):
        """Uploading only queues: it answers at once, whatever the worker does."""
        imports = self.env.registry["sales.order.import"]
        with patch.object(imports, "_process_batch", side_effect=AssertionError):
            self.assertEqual(self._send(self._csv(self._row()))[0], 200)
