import base64
import io
import zipfile

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...exceptions import ProformaError
from .common import ProformaCommon


@tagged("post_install", "-at_install")
class TestProformaApi(ProformaCommon):
    """Programs make and read proformas with plain arguments and answers."""

    def setUp(self):
        super().setUp()
        self.api = self.env["sales.order.api"].with_user(self.salesman)

    def test_create_and_read(self):
        order = self._new_taxed_order(100.0)
        data = self.api.create_proforma(
            name=order.name, kind="percent", percent=30.0, currency="tpf"
        )
        self.assertEqual(data["state"], "issued")
        self.assertEqual(data["currency"], "TPF")
        self.assertEqual(data["amount_order"], 35.7)
        self.assertEqual(self.api.get_proforma(name=data["name"]), data)
        self.assertEqual(
            self.api.cancel_proforma(name=data["name"])["state"], "cancelled"
        )

    def test_lines(self):
        order = self._new_order((self.service, 4))
        data = self.api.create_proforma(
            name=order.name,
            kind="lines",
            lines=[{"line": order.order_line.id, "quantity": 1}],
            issue=False,
        )
        self.assertEqual((data["state"], data["amount_total"]), ("draft", 50.0))

    def test_bad_input(self):
        order = self._new_taxed_order(100.0)
        for error, text, values in (
            (UserError, "^currency:", {"currency": "???"}),
            (UserError, "^lines:", {"kind": "lines", "lines": [{"line": "x"}]}),
            (UserError, "^lines:", {"kind": "lines", "lines": ["x"]}),
            (
                UserError,
                "^lines:",
                {"kind": "lines", "lines": [{"line": 999999999, "quantity": 1}]},
            ),
            (UserError, "^name:", {"name": "nothing"}),
            (ProformaError, "Percentage", {"kind": "percent"}),
            (ProformaError, "Kind", {"kind": "half"}),
        ):
            with self.subTest(values=values):
                with self.assertRaisesRegex(error, text), self.cr.savepoint():
                    self.api.create_proforma(**{"name": order.name, **values})
        self.assertFalse(order.proforma_ids)

    def test_export_set(self):
        order = self._new_order((self.product, 2))
        data = self.api.get_export_set(name=order.name)
        with zipfile.ZipFile(io.BytesIO(base64.b64decode(data["content"]))) as archive:
            self.assertEqual(len(archive.namelist()), 2)
        with self.assertRaisesRegex(UserError, "^language:"):
            self.api.get_export_set(name=order.name, language="xx")
