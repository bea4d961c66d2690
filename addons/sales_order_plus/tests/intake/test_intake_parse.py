import io
import zipfile
from datetime import datetime

import openpyxl

from odoo.tests import BaseCase, tagged

from ...models.intake.intake_parser import RowParser
from ...models.intake.intake_reader import (
    CELL_LIMIT,
    FileProblem,
    FileShape,
    FormulaCell,
    LongCell,
    detect_shape,
    read_rows,
)
from ...models.intake.intake_values import (
    CellError,
    clean_reference,
    clean_text,
    detect_date_format,
    detect_decimal,
    neutralise,
    parse_date,
    parse_number,
)


@tagged("post_install", "-at_install")
class TestNumbers(BaseCase):
    def test_good(self):
        for text, decimal, expected in (
            ("6", ".", 6),
            ("2.55", ".", 2.55),
            ("1,234.56", ".", 1234.56),
            ("1.234,56", ",", 1234.56),
            ("2,5", ",", 2.5),
            ("£2.55", ".", 2.55),
            ("1 234,50 €", ",", 1234.5),
            ("1\u00a0234.50", ".", 1234.5),
            ("1'234.50", ".", 1234.5),
            ("-3", ".", -3),
            ("+3", ".", 3),
            (".5", ".", 0.5),
            ("5.", ".", 5),
            ("1e3", ".", 1000),
        ):
            with self.subTest(text=text):
                self.assertEqual(parse_number(text, decimal), expected)

    def test_bad(self):
        for text in (
            "1.234,56",
            "NaN",
            "inf",
            "-Infinity",
            "1e999",
            "1e13",
            "12,34.5",
            "1,23,456",
            "5-",
            "(5)",
            "two",
            "0x1F",
            "١٢x",
            "=1+1",
            "",
            "-",
            ".",
        ):
            with self.subTest(text=text), self.assertRaises(CellError) as caught:
                parse_number(text, ".")
            self.assertEqual(caught.exception.reason, "bad_number")

    def test_detect_decimal(self):
        self.assertEqual(detect_decimal(["6", "1.234,56", "2,50"]), ",")
        self.assertEqual(detect_decimal(["6", "1,234.56"]), ".")
        # 1,234 may be either; nothing else is known, so English it is.
        self.assertEqual(detect_decimal(["1,234"]), ".")
        self.assertEqual(detect_decimal([]), ".")


@tagged("post_install", "-at_install")
class TestDates(BaseCase):
    def test_local_time_becomes_utc(self):
        # London is an hour ahead of UTC in summer, and on UTC in winter.
        self.assertEqual(
            parse_date("2010-12-01 08:26:00", "ymd", "Europe/London"),
            datetime(2010, 12, 1, 8, 26),
        )
        self.assertEqual(
            parse_date("2011-06-30 08:26", "ymd", "Europe/London"),
            datetime(2011, 6, 30, 7, 26),
        )
        self.assertEqual(
            parse_date("30/06/2011 08:26", "dmy", "Europe/Paris"),
            datetime(2011, 6, 30, 6, 26),
        )

    def test_orders_of_the_parts(self):
        self.assertEqual(parse_date("3/4/2026", "dmy", "UTC"), datetime(2026, 4, 3))
        self.assertEqual(parse_date("3/4/2026", "mdy", "UTC"), datetime(2026, 3, 4))
        self.assertEqual(parse_date("03.04.26", "dmy", "UTC"), datetime(2026, 4, 3))

    def test_offset_wins_over_the_time_zone(self):
        self.assertEqual(
            parse_date("2026-06-01T10:00:00Z", "ymd", "Asia/Tokyo"),
            datetime(2026, 6, 1, 10),
        )
        self.assertEqual(
            parse_date("2026-06-01T10:00:00+05:30", "ymd", "UTC"),
            datetime(2026, 6, 1, 4, 30),
        )
        self.assertEqual(
            parse_date("2026-06-01 10:00-0330", "ymd", "UTC"),
            datetime(2026, 6, 1, 13, 30),
        )

    def test_bad(self):
        for text, date_format in (
            ("31/02/2026", "dmy"),
            ("2026-02-31", "ymd"),
            ("29/02/2026", "dmy"),
            ("12/31/2026", "dmy"),
            ("0001-01-01", "ymd"),
            ("2026-13-01", "ymd"),
            ("2026-01-01 25:00", "ymd"),
            ("yesterday", "ymd"),
            ("45291", "ymd"),
        ):
            with self.subTest(text=text), self.assertRaises(CellError) as caught:
                parse_date(text, date_format, "UTC")
            self.assertEqual(caught.exception.reason, "bad_date")

    def test_detect(self):
        self.assertEqual(detect_date_format(["2026-01-02"]), "ymd")
        self.assertEqual(detect_date_format(["1/2/2026", "25/2/2026"]), "dmy")
        self.assertEqual(detect_date_format(["1/2/2026", "2/25/2026"]), "mdy")
        self.assertEqual(detect_date_format(["1/2/2026"], default="mdy"), "mdy")
        self.assertEqual(detect_date_format([], default="dmy"), "dmy")


@tagged("post_install", "-at_install")
class TestTexts(BaseCase):
    def test_references(self):
        self.assertEqual(clean_reference(" 17850.0 "), "17850")
        self.assertEqual(clean_reference("17850.5"), "17850.5")
        self.assertEqual(clean_reference("A.0"), "A.0")
        self.assertEqual(clean_reference("00123"), "00123")

    def test_formulas_are_quoted_and_read_back(self):
        for text in ("=cmd|' /C calc'!A0", "+1", "-5", "@SUM(A1)", "\t=1", "\r=1"):
            with self.subTest(text=text):
                self.assertEqual(neutralise(text), f"'{text}")
        self.assertEqual(neutralise("plain"), "plain")
        self.assertEqual(clean_text("'-5"), "-5")
        self.assertEqual(clean_text("'tis"), "'tis")


@tagged("post_install", "-at_install")
class TestReader(BaseCase):
    TEXT = "Order;Größe;Qty\r\nA1;ä;1\r\nA2;ö;2\r\n"

    def _read(self, content):
        return list(read_rows(content, detect_shape(content)))

    def _fail(self, content, shape=None):
        with self.assertRaises(FileProblem) as caught:
            list(read_rows(content, shape or detect_shape(content)))
        return caught.exception.code

    def test_encodings(self):
        expected = [
            (1, ["Order", "Größe", "Qty"]),
            (2, ["A1", "ä", "1"]),
            (3, ["A2", "ö", "2"]),
        ]
        for encoding, detected in (
            ("utf-8", "utf-8"),
            ("utf-8-sig", "utf-8-sig"),
            ("utf-16", "utf-16"),
            ("utf-16-le", "utf-16-le"),
            ("utf-16-be", "utf-16-be"),
            ("latin-1", "cp1252"),
            ("cp1252", "cp1252"),
        ):
            with self.subTest(encoding=encoding):
                content = self.TEXT.encode(encoding)
                self.assertEqual(detect_shape(content).encoding, detected)
                self.assertEqual(self._read(content), expected)

    def test_byte_that_only_latin_1_has(self):
        content = b"Order,Qty\nA\x81,1\n"
        self.assertEqual(detect_shape(content).encoding, "latin-1")

    def test_delimiters(self):
        for delimiter in (",", ";", "\t", "|"):
            with self.subTest(delimiter=delimiter):
                content = f"a{delimiter}b\n1{delimiter}2\n".encode()
                self.assertEqual(detect_shape(content).delimiter, delimiter)
        # Commas within texts do not make a semicolon file a comma file.
        content = b"no;text;price\n1;a, b, c;1,5\n2;d, e;2,5\n"
        self.assertEqual(detect_shape(content).delimiter, ";")

    def test_line_numbers(self):
        content = b'a,b\n\n1,"two\nlines"\n , \n3,4\n'
        self.assertEqual(
            self._read(content),
            [(1, ["a", "b"]), (3, ["1", "two\nlines"]), (6, ["3", "4"])],
        )

    def test_no_line_end_at_the_end(self):
        self.assertEqual(self._read(b"a,b\r1,2")[-1], (2, ["1", "2"]))

    def test_zero_bytes_do_not_reach_the_database(self):
        rows = list(read_rows(b"a,b\n1,x\x00y\n", FileShape("csv")))
        self.assertEqual(rows[1], (2, ["1", "xy"]))

    def test_one_megabyte_in_a_cell(self):
        rows = self._read(b"a,b\n1," + b"x" * 2**20 + b"\n2,ok\n")
        self.assertIsInstance(rows[1][1][1], LongCell)
        self.assertLess(len(rows[1][1][1]), 200)
        self.assertEqual(rows[2], (3, ["2", "ok"]))

    def test_longest_allowed_cell(self):
        rows = self._read(b"a,b\n1," + b"x" * CELL_LIMIT + b"\n")
        self.assertNotIsInstance(rows[1][1][1], LongCell)

    def test_unreadable(self):
        self.assertEqual(self._fail(b""), "empty_file")
        self.assertEqual(self._fail(b"\xef\xbb\xbf \r\n"), "empty_file")
        self.assertEqual(self._fail(bytes(range(256)) * 50), "not_text")
        self.assertEqual(
            self._fail(b"\x89PNG\r\n\x1a\n" + b"\x00\x01" * 500), "not_text"
        )
        self.assertEqual(self._fail(b"\xd0\xcf\x11\xe0" + b"x" * 100), "old_excel")

    def test_wrong_choices(self):
        content = b"a,b\n\xff\xfe,1\n"
        self.assertEqual(
            self._fail(content, FileShape("csv", "utf-8")), "wrong_encoding"
        )
        shape = FileShape("csv", "klingon")
        self.assertEqual(self._fail(content, shape), "unknown_encoding")


@tagged("post_install", "-at_install")
class TestWorkbook(BaseCase):
    def _book(self, *rows):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(list(row))
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def _read(self, content):
        return list(read_rows(content, detect_shape(content)))

    def _fail(self, content):
        with self.assertRaises(FileProblem) as caught:
            self._read(content)
        return caught.exception.code

    def _zip(self, **members):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in members.items():
                archive.writestr(name.replace("__", "/") + ".xml", text)
        return stream.getvalue()

    def test_cells(self):
        content = self._book(
            ("Order", "Qty", "Date", "Ref"),
            ("A1", 2, datetime(2026, 1, 15, 9, 30), 17850.0),
            (None, None, None, None),
            ("A2", 2.5, None, True),
        )
        self.assertEqual(
            self._read(content)[1:],
            [
                (2, ["A1", "2", "2026-01-15 09:30:00", "17850"]),
                (4, ["A2", "2.5", "", "True"]),
            ],
        )

    def test_formula_without_value(self):
        rows = self._read(self._book(("a", "b"), ("x", "=1+1")))
        self.assertIsInstance(rows[1][1][1], FormulaCell)
        self.assertEqual(rows[1][1][1], "=1+1")

    def test_text_that_looks_like_a_formula(self):
        book = openpyxl.Workbook()
        book.active.append(["a"])
        book.active["A2"].value = "=cmd|'/C calc'!A0"
        book.active["A2"].data_type = "s"
        stream = io.BytesIO()
        book.save(stream)
        rows = self._read(stream.getvalue())
        self.assertNotIsInstance(rows[1][1][0], FormulaCell)
        self.assertEqual(rows[1][1][0], "=cmd|'/C calc'!A0")

    def test_bomb(self):
        bomb = self._zip(xl__worksheets__sheet1="0" * (30 * 2**20))
        self.assertLess(len(bomb), 2**20)
        self.assertEqual(self._fail(bomb), "zip_bomb")

    def test_entities(self):
        sheet = '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'
        self.assertEqual(
            self._fail(self._zip(xl__worksheets__sheet1=sheet)), "not_workbook"
        )

    def test_other_archives(self):
        self.assertEqual(self._fail(self._zip(readme="hello")), "not_workbook")
        sheet = self._zip(xl__worksheets__sheet1="<worksheet/>")
        self.assertEqual(self._fail(sheet), "broken_xlsx")
        self.assertEqual(self._fail(b"PK\x03\x04" + b"junk" * 20), "broken_xlsx")


@tagged("post_install", "-at_install")
class TestParser(BaseCase):
    def _parse(self, *cells, **options):
        targets = {"order_ref": 0, "quantity": 1, "price_unit": 2, "order_date": 3}
        values = {"decimal": ".", "date_format": "dmy", "tz": "UTC", **options}
        return RowParser(targets, 4, **values).parse(7, list(cells))

    def test_good(self):
        row = self._parse("A1.0", "2", "9.50", "15/01/2026")
        self.assertFalse(row.reason)
        self.assertEqual(row.group_key, "A1.0")
        self.assertEqual(
            row.values,
            {
                "order_ref": "A1.0",
                "quantity": 2,
                "price_unit": 9.5,
                "order_date": "2026-01-15 00:00:00",
            },
        )

    def test_first_problem_counts(self):
        row = self._parse("A1", "two", "x")
        self.assertEqual(
            (row.reason, row.column, row.value), ("bad_number", "quantity", "two")
        )

    def test_missing(self):
        self.assertEqual(self._parse("", "1", "1").column, "order_ref")
        self.assertEqual(self._parse("A1").reason, "missing_value")
        self.assertEqual(self._parse("A1", "1").column, "price_unit")
        # Prices come from the pricelist: the column does not matter then.
        self.assertFalse(self._parse("A1", "1", "x", use_prices=False).reason)
        # The date may be missing.
        self.assertFalse(self._parse("A1", "1", "1", "").reason)

    def test_too_many_cells(self):
        row = self._parse("A1", "1", "1", "", "more")
        self.assertEqual((row.reason, row.value), ("too_many_cells", "more"))

    def test_cancellation_comes_first(self):
        row = self._parse("C1", "x", "1", cancel_prefix="C")
        self.assertEqual((row.reason, row.column), ("cancellation", "order_ref"))
        self.assertFalse(self._parse("C1", "1", "1").reason)

    def test_special_cells(self):
        self.assertEqual(self._parse("A1", LongCell("1…"), "1").reason, "cell_too_long")
        self.assertEqual(self._parse("A1", FormulaCell("=1"), "1").reason, "formula")
