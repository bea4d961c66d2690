import io
import zipfile

from odoo.tests import tagged

from ...exceptions import SalesError
from .common import HEADERS, IntakeCommon


@tagged("post_install", "-at_install")
class TestIntakeFiles(IntakeCommon):
    """Files as people send them; what cannot be read is refused in words."""

    def _assert_imported(self, content, **values):
        import_ = self._import(content, **values)
        self.assertBalanced(import_)
        self.assertEqual(import_.rows_imported, 1)
        return import_

    def _assert_refused(self, content):
        """Refused when uploaded or when imported, without an order or a traceback."""
        before = self.env["sale.order"].search_count([])
        with self.assertRaises(SalesError) as caught:
            import_ = self._import(content)
            if import_.state == "failed":
                raise SalesError(import_.failure)
        self.assertEqual(self.env["sale.order"].search_count([]), before)
        self.assertTrue(str(caught.exception).strip())
        return str(caught.exception)

    def test_encodings(self):
        for number, encoding in enumerate(("utf-8", "utf-8-sig", "utf-16", "latin-1")):
            row = self._row(order_number=f"E{number}", description="Café für Zoë")
            with self.subTest(encoding=encoding):
                self._assert_imported(self._csv(row, encoding=encoding))

    def test_delimiters(self):
        for number, delimiter in enumerate(";\t|"):
            with self.subTest(delimiter=delimiter):
                row = self._row(order_number=f"D{number}")
                import_ = self._assert_imported(self._csv(row, delimiter=delimiter))
                self.assertEqual(import_.delimiter, delimiter)

    def test_workbook(self):
        import_ = self._assert_imported(self._xlsx(self._row()))
        self.assertEqual(import_.format, "xlsx")

    def test_decimal_comma(self):
        rows = [self._row(unit_price="1.234,56"), self._row(unit_price="9,50")]
        import_ = self._import(self._csv(*rows, delimiter=";"))
        self.assertBalanced(import_)
        self.assertEqual(
            import_.order_ids.order_line.mapped("price_unit"), [1234.56, 9.5]
        )

    def test_huge_cell_is_reported(self):
        import_ = self._import_rows(
            self._row(), self._row(order_number="B1", description="x" * 1_000_000)
        )
        self.assertBalanced(import_)
        reasons = [reason for _line, reason, _column in self._get_reasons(import_)]
        self.assertEqual(reasons, ["cell_too_long"])

    def test_empty_file(self):
        self._assert_refused(b"")

    def test_header_only(self):
        self._assert_refused(self._csv())

    def test_binary_garbage(self):
        self._assert_refused(bytes(range(256)) * 40)

    def test_missing_column(self):
        message = self._assert_refused(b"Order Number,Colour\nA1,red\n")
        self.assertIn("Quantity", message)

    def test_duplicate_headers(self):
        headers = [*HEADERS, "Quantity"]
        row = [*self._row(), "3"]
        content = self._csv(row, headers=headers)
        message = self._assert_refused(content)
        self.assertIn("Quantity, Quantity (2) could each be Quantity", message)
        # The user says which of them counts.
        import_ = self._upload(content, force=True)
        import_.column_ids[9].target = "quantity"
        import_.action_import()
        self._work(import_)
        self.assertEqual(import_.order_ids.order_line.product_uom_qty, 3)

    def test_zip_bomb(self):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("[Content_Types].xml", "<Types/>")
            archive.writestr("xl/worksheets/sheet1.xml", b"0" * 600_000_000)
        self._assert_refused(stream.getvalue())


@tagged("post_install", "-at_install")
class TestIntakeDoubles(IntakeCommon):
    def test_same_file_twice(self):
        content = self._csv(self._row())
        self._import(content)
        with self.assertRaises(SalesError):
            self._upload(content)
        again = self._import(content, force=True)
        self.assertBalanced(again)
        self.assertEqual(again.rows_reported, 1)

    def test_same_order_in_two_files(self):
        first = self._import_rows(self._row())
        second = self._import_rows(
            self._row(quantity="3"), self._row(order_number="A2")
        )
        self.assertBalanced(second)
        self.assertEqual(
            self._get_reasons(second), [(2, "duplicate_order", "order_ref")]
        )
        self.assertEqual(len(first.order_ids), 1)
        self.assertEqual(len(second.order_ids), 1)

    def test_resume_after_a_batch(self):
        """What a killed worker had committed is not done again."""
        rows = [self._row(order_number=f"R{number}") for number in range(120)]
        import_ = self._upload(self._csv(*rows))
        import_.action_import()
        worker = import_.sudo()
        worker._process_batch()
        worker._process_batch()
        self.assertTrue(0 < import_.rows_imported < 120)
        self._work(import_)
        self.assertBalanced(import_)
        self.assertEqual(len(import_.order_ids), 120)

    def test_cancel_reports_the_rest(self):
        import_ = self._upload(self._csv(self._row()))
        import_.action_import()
        import_.sudo()._process_batch()
        import_.action_cancel()
        self.assertEqual(import_.state, "cancelled")
        self.assertEqual(import_.rows_total, import_.rows_reported)
        self.assertFalse(import_.order_ids)
