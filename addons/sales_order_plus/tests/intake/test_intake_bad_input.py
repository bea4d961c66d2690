import base64
import io
import random
import zipfile
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.intake import sales_order_intake
from ...models.intake.sales_order_import import IntakeError
from .common import HEADERS
from .common_rpc import RpcCommon

RUN = "odoo.addons.sales_order_plus.models.intake.sales_order_import_run"
DOCTYPE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'


def rezip(content, **members):
    """Return a workbook with members replaced: ``xl__workbook=text or bytes``."""
    stream = io.BytesIO()
    changed = {f"{name.replace('__', '/')}.xml": data for name, data in members.items()}
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in changed:
                new.writestr(name, old.read(name))
        for name, data in changed.items():
            new.writestr(name, data)
    return stream.getvalue()


@tagged("post_install", "-at_install")
class TestBadFile(RpcCommon):
    """A file nobody can import is refused in words, on the form and over RPC."""

    def _get_bad_files(self):
        """Return [(content, problem code or None, options)]."""
        good, book = self._csv(self._row()), self._xlsx(self._row())
        wide = [f"Header {number}" for number in range(501)]
        sheet = (
            '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/'
            'main"><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
            '<row r="2000000000"><c r="A2000000000"><v>1</v></c></row>'
            "</sheetData></worksheet>"
        )
        return [
            (b"", "empty_file", {}),
            (b"\xff\xfe\r\x00\n\x00", "empty_file", {}),
            (self._csv(), "header_only", {}),
            (self._xlsx(), "header_only", {}),
            (good, None, {"delimiter": ";"}),
            (good + b"A2,\xff", "wrong_encoding", {"encoding": "utf-8"}),
            (bytes(range(256)) * 40, "not_text", {}),
            (self._csv(range(501), headers=wide), "too_wide", {}),
            (rezip(book, xl__media__x="0" * (30 * 2**20)), "zip_bomb", {}),
            (rezip(book, xl__worksheets__sheet1=DOCTYPE), "not_workbook", {}),
            (rezip(book, xl__sharedStrings=DOCTYPE), "not_workbook", {}),
            (rezip(book, xl__workbook=DOCTYPE.encode("utf-16")), "not_workbook", {}),
            (rezip(book, xl__worksheets__sheet1=sheet), "too_long", {}),
            (rezip(book, xl__worksheets__sheet1="<x"), "broken_xlsx", {}),
            (book[: len(book) // 2], "broken_xlsx", {}),
        ]

    @mute_logger("odoo.http")
    def test_refused_both_ways(self):
        before = self.env["sale.order"].search_count([])
        for content, problem, options in self._get_bad_files():
            with self.subTest(problem=problem, size=len(content)):
                with self.assertRaises(IntakeError) as caught:
                    self._upload(content, **options).action_import()
                start = "File: |Encoding: " if problem else "Columns: .*delimiter"
                self.assertRegex(str(caught.exception), f"^(?:{start})")
                self.assertEqual(caught.exception.context.get("problem"), problem)
                self.env["sales.order.import"].search([]).action_cancel()
                status, error = self._call(
                    "import_file",
                    filename="x.csv",
                    content_base64=base64.b64encode(content).decode(),
                    options=options,
                )
                self.assertEqual(status, 422, error)
                self.assertEqual(error["context"]["code"], "intake")
                self.assertEqual(error["message"], str(caught.exception))
                self.assertNotIn("Traceback", error["message"])
                # Over RPC nothing stays behind; on the form the draft, to be changed.
                states = self.env["sales.order.import"].search([]).mapped("state")
                self.assertNotIn("draft", states)
        self.assertEqual(self.env["sale.order"].search_count([]), before)

    @mute_logger("odoo.http")
    def test_arguments_of_the_wrong_kind(self):
        content = base64.b64encode(self._csv(self._row())).decode()
        good = {"filename": "x.csv", "content_base64": content}
        for params, key in (
            ({"filename": 5}, "filename"),
            ({"filename": "a\x00.csv"}, "filename"),
            ({"filename": "a\ud800.csv"}, "filename"),
            ({"filename": "x" * 501}, "filename"),
            ({"options": {"mode": "\ud800"}}, "options.mode"),
            ({"content_base64": [1]}, "content_base64"),
            ({"mapping": {"a": 1}}, "mapping"),
            ({"mapping": "\x00"}, "mapping"),
            ({"options": ["force"]}, "options"),
            ({"options": {"cancel_prefix": "\x00"}}, "options.cancel_prefix"),
            ({"options": {"mode": ["create"]}}, "options.mode"),
            ({"options": {"warehouse_id": 2**70}}, "options.warehouse_id"),
            ({"options": {"x\x00": 1}}, "options.x\x00"),
        ):
            with self.subTest(params=params):
                status, error = self._call("import_file", **{**good, **params})
                self.assertEqual((status, error["context"]["key"]), (422, key), error)
        for number in ("abc", None, True, [1], 2**70):
            with self.subTest(import_id=number):
                status, error = self._call("import_status", import_id=number)
                self.assertEqual(status, 422, error)
                self.assertIn("import_id", error["message"])

    @mute_logger("odoo.http")
    def test_records_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.env["res.partner"].create({"name": "T", "company_id": other.id})
        status, error = self._call(
            "import_file",
            filename="x.csv",
            content_base64=base64.b64encode(self._csv(self._row())).decode(),
            options={"default_customer_id": theirs.id},
        )
        self.assertEqual(status, 422, error)
        self.assertIn("default_customer_id", error["message"])

    def test_product_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._new_product("Theirs", 1, company_id=other.id, default_code="THEIRS")
        import_ = self._import_rows(self._row(sku="THEIRS"))
        self.assertBalanced(import_)
        self.assertEqual(
            self._get_reasons(import_), [(2, "product_unknown", "product")]
        )


@tagged("post_install", "-at_install")
class TestBadRow(RpcCommon):
    """A row nobody can import is reported with line, column, value and reason."""

    def _get_bad_rows(self):
        """Return [(changed cells, reason, column)]."""
        quantities = ("NaN", "inf", "-Infinity", "1e400", "1e13", "=1+1", "1,5")
        noise = random.Random(1).randbytes(3000).hex()
        return [
            *(({"quantity": text}, "bad_number", "quantity") for text in quantities),
            ({"quantity": "1e-9"}, "zero_quantity", "quantity"),
            ({"quantity": "-0.0001"}, "zero_quantity", "quantity"),
            ({"unit_price": "1.234,56"}, "bad_number", "price_unit"),
            ({"order_date": "31/02/2026"}, "bad_date", "order_date"),
            ({"order_date": "2026-02-31"}, "bad_date", "order_date"),
            ({"sku": "=cmd|'/C calc'!A0"}, "product_unknown", "product"),
            ({"customer_id": "@SUM(1)"}, "customer_unknown", "customer"),
            ({"description": "x" * 2**20}, "cell_too_long", "product_name"),
            # No index of PostgreSQL takes so long a key.
            ({"order_number": noise}, "reference_too_long", "order_ref"),
            ({"sku": noise}, "reference_too_long", "product"),
            ({"customer_name": noise}, "reference_too_long", "customer_name"),
            ({"order_number": "\x00"}, "missing_value", "order_ref"),
            ({f"more{number}": "x" for number in range(500)}, "too_many_cells", ""),
        ]

    def test_reported(self):
        bad = self._get_bad_rows()
        rows = [
            self._row(**{"order_number": f"B{number}", **cells})
            for number, (cells, _reason, _column) in enumerate(bad)
        ]
        # The good one stands last, so that nothing bad keeps it from coming in.
        import_ = self._import_rows(
            *rows,
            self._row(order_number="GOOD"),
            date_format="ymd",
            decimal=".",
            create_customers=False,
        )
        self.assertBalanced(import_)
        expected = [
            (line, reason, column)
            for line, (_cells, reason, column) in enumerate(bad, start=2)
        ]
        self.assertEqual(self._get_reasons(import_), expected)
        self.assertEqual(import_.order_ids.mapped("intake_key"), ["GOOD"])
        for row in self._get_rows(import_)[:-1]:
            self.assertTrue(row.next_step)
            self.assertLessEqual(len(row.value or ""), 110)
        # The error file is complete, and nothing in it is a formula.
        cells = [cell for row in import_._iter_error_rows() for cell in row]
        self.assertFalse([cell for cell in cells if cell[:1] in "=+-@" and cell])
        self.assertIn("'=cmd|'/C calc'!A0", cells)
        self.assertTrue(import_.error_csv and import_.error_xlsx)

    def test_both_number_formats(self):
        rows = (
            self._row(order_number="N1", unit_price="1.234,56"),
            self._row(order_number="N2", unit_price="1,234.56"),
        )
        for decimal, good, bad_line in ((".", "N2", 2), (",", "N1", 3)):
            with self.subTest(decimal=decimal):
                import_ = self._import_rows(*rows, decimal=decimal, force=True)
                self.assertBalanced(import_)
                self.assertEqual(
                    self._get_reasons(import_), [(bad_line, "bad_number", "price_unit")]
                )
                self.assertEqual(import_.order_ids.intake_key, good)
                self.assertEqual(import_.order_ids.amount_untaxed, 2469.12)

    def test_line_numbers_are_those_of_the_file(self):
        """A quoted line break makes a row two lines long, a NUL does nothing."""
        content = self._csv(
            self._row(description="two\nlines"),
            self._row(order_number="A2", quantity="x"),
            self._row(order_number="A3", sku="TSOP\x00-P1"),
            self._row(order_number="A4", order_date="31/02/2026"),
        )
        self.assertIn(b"\x00", content)
        import_ = self._import(content, date_format="ymd")
        self.assertBalanced(import_)
        self.assertEqual(
            self._get_reasons(import_),
            [(4, "bad_number", "quantity"), (6, "bad_date", "order_date")],
        )
        self.assertEqual(import_.order_ids.order_line.product_id, self.product)

    def test_every_encoding_and_mark(self):
        partner = self.env["res.partner"].create({"name": "Größe", "ref": "GRÖẞE"})
        latin = self.env["res.partner"].create({"name": "Größe 2", "ref": "GRÖ"})
        for number, (encoding, customer, options) in enumerate(
            (
                ("utf-16", partner, {}),
                ("utf-16-le", partner, {}),
                ("utf-16-be", partner, {}),
                ("utf-8-sig", partner, {}),
                # Told that it is UTF-8, which says nothing of the mark.
                ("utf-8-sig", partner, {"encoding": "utf-8"}),
                ("utf-16", partner, {"encoding": "utf-16-le"}),
                ("latin-1", latin, {}),
                ("cp1252", latin, {"encoding": "latin-1"}),
            )
        ):
            with self.subTest(encoding=encoding, options=options):
                row = self._row(order_number=f"E{number}", customer_id=customer.ref)
                import_ = self._import(self._csv(row, encoding=encoding), **options)
                self.assertBalanced(import_)
                self.assertEqual(import_.order_ids.partner_id, customer)

    def test_what_odoo_will_not_create(self):
        """Two new products with one barcode, and a customer: the others come in."""
        headers = (*HEADERS, "Barcode")
        rows = (
            [*self._row(order_number="A1", sku="NEW-1"), "4006381333931"],
            [*self._row(order_number="A2", sku="NEW-2"), "4006381333931"],
            [*self._row(order_number="A3", sku="NEW-3"), ""],
        )
        import_ = self._import(
            self._csv(*rows, headers=headers), self.creator, create_products=True
        )
        self.assertBalanced(import_)
        self.assertEqual(self._get_reasons(import_), [(3, "not_created", "product")])
        self.assertIn("4006381333931", self._get_rows(import_)[1].message)
        self.assertEqual(import_.products_created, 2)
        self.assertEqual(set(import_.order_ids.mapped("intake_key")), {"A1", "A3"})

    @mute_logger("odoo.addons.sales_order_plus.models.intake.sales_order_intake")
    def test_customer_that_cannot_be_created(self):
        partners = type(self.env["res.partner"])
        original = partners.create

        def create(model, vals_list):
            if any(vals.get("ref") == "BAD" for vals in vals_list):
                raise ValueError("no such customers")
            return original(model, vals_list)

        with patch.object(partners, "create", create):
            import_ = self._import_rows(
                self._row(order_number="A1", customer_id="BAD"),
                self._row(order_number="A2", customer_id="FINE"),
                user=self.creator,
                create_customers=True,
            )
        self.assertBalanced(import_)
        self.assertEqual(self._get_reasons(import_), [(2, "not_created", "customer")])
        self.assertEqual(import_.customers_created, 1)

    def test_all_rows_with_one_number(self):
        """The wrong column as order number is no order of a hundred thousand lines."""
        rows = [self._row(order_number="A1") for _number in range(4)]
        with patch.object(sales_order_intake, "MAX_LINES", 3):
            import_ = self._import_rows(*rows, self._row(order_number="A2"))
        self.assertBalanced(import_)
        self.assertEqual(
            self._get_reasons(import_),
            [(line, "order_too_long", "order_ref") for line in range(2, 6)],
        )
        self.assertEqual(import_.order_ids.intake_key, "A2")

    @mute_logger(RUN)
    def test_stops_with_a_reason_instead_of_for_ever(self):
        """What no row is to blame for fails the import, which can be resumed."""
        import_ = self._upload(self._csv(self._row()))
        import_.action_import()
        engine = type(self.env["sales.order.intake"])
        error = AccessError("You may no longer sell.")
        with patch.object(engine, "_resolve", side_effect=error):
            self._work(import_)
        self.assertEqual(import_.state, "failed")
        self.assertIn("You may no longer sell.", import_.failure)
        self.assertIn("resume", import_.failure)
        self.assertFalse(import_.order_ids)
        import_.action_resume()
        self._work(import_)
        self.assertBalanced(import_)
        self.assertEqual(import_.rows_imported, 1)


@tagged("post_install", "-at_install")
class TestBadCall(RpcCommon):
    """Orders over RPC: the place that is wrong is named, nothing is written."""

    def test_values_that_cannot_be_stored(self):
        line = {"product": "TSOP-S1", "quantity": 1}
        for order, place in (
            (self._order(external_ref="  "), "orders[0].external_ref"),
            (self._order(external_ref="A\x00"), "orders[0].external_ref"),
            (self._order(external_ref="A\ud800"), "orders[0].external_ref"),
            (self._order(external_ref="A" * 501), "orders[0].external_ref"),
            (self._order(customer="\x00"), "orders[0].customer"),
            (self._order(customer=2**70), "orders[0].customer"),
            (self._order(client_order_ref="\x00"), "orders[0].client_order_ref"),
            (
                self._order(lines=[{**line, "product": "x" * 501}]),
                "orders[0].lines[0].product",
            ),
            *(
                (
                    self._order(lines=[{**line, "quantity": number}]),
                    "orders[0].lines[0].quantity",
                )
                for number in (float("nan"), float("inf"), 1e400, 1e13, 10**400)
            ),
        ):
            with self.subTest(place=place):
                error = self._fail(self._order("FINE"), order)
                self.assertEqual(
                    error["context"]["key"], place.replace("orders[0]", "orders[1]")
                )
        self.assertFalse(self.env["sale.order"].search([("intake_key", "=", "FINE")]))

    def test_quantity_that_is_stored_as_zero(self):
        order = self._order(lines=[{"product": "TSOP-S1", "quantity": 1e-9}])
        (result,) = self._take_in(order)
        self.assertEqual(
            (result["status"], result["reason"], result["key"]),
            ("refused", "zero_quantity", "orders[0].lines[0].quantity"),
        )
