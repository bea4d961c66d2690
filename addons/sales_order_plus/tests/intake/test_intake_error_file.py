import base64
import csv
import io

import openpyxl

from odoo.tests import HttpCase, tagged

from .common import HEADERS, IntakeCommon

EXTRA = [
    "Import: line",
    "Import: column",
    "Import: value",
    "Import: reason",
    "Import: next step",
]


@tagged("post_install", "-at_install")
class TestErrorFile(IntakeCommon, HttpCase):
    """The reported rows as a file: to be corrected and imported again."""

    def _import_bad(self, **values):
        return self._import_rows(
            self._row(),
            self._row(quantity="-4", description="=HYPERLINK(1)"),
            self._row(order_number="A2", unit_price="cheap"),
            self._row(order_number="A3", sku="@SUM(1)"),
            **values,
        )

    def _read_csv(self, import_):
        text = base64.b64decode(import_.error_csv).decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text), delimiter=import_.delimiter))

    def test_rows(self):
        import_ = self._import_bad()
        header, *rows = self._read_csv(import_)
        self.assertEqual(header, [*HEADERS, *EXTRA])
        self.assertEqual([row[9] for row in rows], ["3", "4", "5"])
        self.assertEqual(
            rows[1],
            [
                *self._row(order_number="A2", unit_price="cheap"),
                "4",
                "Unit Price",
                "cheap",
                "Not a number",
                "Correct the number, or choose the number format of the file.",
            ],
        )

    def test_formulas_are_neutralised(self):
        rows = self._read_csv(self._import_bad())
        cells = {cell for row in rows for cell in row}
        self.assertIn("'=HYPERLINK(1)", cells)
        self.assertIn("'-4", cells)
        self.assertIn("'@SUM(1)", cells)
        self.assertFalse(
            [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
        )

    def test_workbook(self):
        import_ = self._import_bad()
        content = base64.b64decode(import_.error_xlsx)
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        rows = [[cell.value or "" for cell in row] for row in sheet.iter_rows()]
        self.assertEqual(rows, self._read_csv(import_))
        types = {cell.data_type for row in sheet.iter_rows() for cell in row}
        self.assertLessEqual(types, {"s", "n"})

    def test_same_delimiter_as_the_file(self):
        content = self._csv(self._row(quantity="x"), delimiter=";")
        import_ = self._import(content)
        text = base64.b64decode(import_.error_csv).decode("utf-8-sig")
        self.assertTrue(text.startswith("Order Number;Order Date;"))

    def test_corrected_and_imported_again(self):
        first = self._import_bad()
        header, *rows = self._read_csv(first)
        rows[0][7] = "4"
        rows[1][8] = "5.00"
        rows[2][5] = "TSOP-S1"
        again = self._upload(self._csv(*rows, headers=header))
        # Recognised as what it is: the rows are added to their orders.
        self.assertEqual(again.duplicates, "add")
        self.assertEqual(again.mapping_id, first.mapping_id)
        again.action_import()
        self._work(again)
        self.assertBalanced(again)
        self.assertEqual(again.rows_reported, 0)
        order = first.order_ids
        self.assertEqual(order.intake_key, "A1")
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [2, 4])
        self.assertEqual(sorted(again.order_ids.mapped("intake_key")), ["A2", "A3"])

    def test_imported_again_uncorrected(self):
        """The quoting of our own file is taken off again: the reasons are the same."""
        first = self._import_bad()
        content = base64.b64decode(first.error_csv)
        again = self._import(content)
        self.assertBalanced(again)
        reasons = [reason for _line, reason, _column in self._get_reasons(first)]
        self.assertEqual([r for _l, r, _c in self._get_reasons(again)], reasons)
        row = self._get_rows(again)[0]
        self.assertEqual(row.value, "-4")

    def test_download(self):
        import_ = self._import_bad()
        self.authenticate(self.salesman.login, self.salesman.login)
        for action in (import_.action_download_csv(), import_.action_download_xlsx()):
            response = self.url_open(action["url"])
            self.assertEqual(response.status_code, 200)
            self.assertIn("attachment", response.headers["Content-Disposition"])
            self.assertIn("reported", response.headers["Content-Disposition"])
            self.assertGreater(len(response.content), 100)

    def test_download_by_somebody_else(self):
        url = self._import_bad().action_download_csv()["url"]
        stranger = self._new_user("tsop_str", "sales_team.group_sale_salesman")
        for login in (stranger.login, self.portal_user.login):
            self.authenticate(login, login)
            self.assertEqual(self.url_open(url).status_code, 404)

    def test_summary(self):
        import_ = self._import_bad()
        self.assertIn("The quantity is negative", import_.report_summary)
        self.assertIn("Not a number", import_.report_summary)

    def test_markup_in_cells_is_escaped(self):
        import_ = self._upload(self._csv(self._row(sku="<script>alert(1)</script>")))
        self.assertNotIn("<script>", import_.preview)
        self.assertIn("&lt;script&gt;", import_.preview)
