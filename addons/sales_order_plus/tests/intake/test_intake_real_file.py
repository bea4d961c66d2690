import csv
import gzip
import os
from pathlib import Path

from odoo import fields
from odoo.tests import tagged

from .common import IntakeCommon

HERE = Path(__file__).parent
DIRTY = HERE / "data" / "online_retail_dirty.csv"
REAL_NAME = "online_retail_2010-12_2011-06.csv.gz"
SHARED = HERE.parents[3].parent / "shared" / "data"
SETTINGS = {
    "cancel_prefix": "C",
    "service_codes": "POST,DOT,M,D,C2,S,BANK CHARGES,AMAZONFEE",
    "create_customers": True,
    "create_products": True,
}


class RetailCommon(IntakeCommon):
    def _import_retail(self, content, **values):
        import_ = self._import(content, self.creator, **{**SETTINGS, **values})
        self.assertBalanced(import_)
        return import_


@tagged("post_install", "-at_install")
class TestDirtyFile(RetailCommon):
    """A small file with every kind of dirt; the result was worked out by hand."""

    def test_result(self):
        import_ = self._import_retail(DIRTY.read_bytes())
        # 23 lines below the headers, of which one (19) is blank.
        self.assertEqual(import_.rows_total, 22)
        self.assertEqual(
            self._get_reasons(import_),
            [
                (7, "cancellation", "order_ref"),
                (8, "missing_customer", "customer"),
                (9, "negative_quantity", "quantity"),
                (11, "zero_price", "price_unit"),
                (12, "bad_number", "quantity"),
                (13, "bad_date", "order_date"),
                (14, "bad_number", "price_unit"),
                (17, "order_conflict", "customer"),
                (18, "order_conflict", "customer"),
                (21, "missing_value", "order_ref"),
                (22, "missing_value", "product"),
                (23, "too_many_cells", ""),
            ],
        )
        self.assertEqual((import_.rows_imported, import_.rows_reported), (10, 12))
        orders = import_.order_ids.sorted("intake_key")
        self.assertEqual(
            [(o.intake_key, o.partner_id.ref, o.amount_untaxed) for o in orders],
            [
                # 6 × 2.55 + 6 × 3.39 + 18
                ("536365", "17850", 53.64),
                # 6 × 1.85 + 2 × 2.55
                ("536366", "17851", 16.2),
                # 4 × 1.85; the negative row is out
                ("536381", "15311", 7.4),
                # 3 × 3.39; three bad rows are out
                ("536383", "15313", 10.17),
                ("536384", "15314", 1.0),
                ("536386", "17850", 15.0),
                # 5 × 3.39
                ("536389", "17850", 16.95),
            ],
        )
        self.assertEqual(import_.customers_created, 5)
        # 85123A, 71053, POST, 22633, =cmd…, BANK CHARGES; 85123a is 85123A.
        self.assertEqual(import_.products_created, 6)

    def test_dates_are_british(self):
        orders = self._import_retail(DIRTY.read_bytes()).order_ids
        dates = {order.intake_key: order.date_order for order in orders}
        to_date = fields.Datetime.to_datetime
        # Winter time is UTC; the earliest row gives the date of the order.
        self.assertEqual(dates["536366"], to_date("2010-12-01 08:28:00"))
        # Summer time is an hour ahead.
        self.assertEqual(dates["536389"], to_date("2011-06-30 11:07:00"))

    def test_confirmed_on_their_dates(self):
        import_ = self._import_retail(DIRTY.read_bytes(), mode="confirm")
        self.assertEqual(set(import_.order_ids.mapped("state")), {"sale"})
        first = import_.order_ids.filtered(lambda order: order.intake_key == "536365")
        self.assertEqual(
            first.date_order, fields.Datetime.to_datetime("2010-12-01 08:26:00")
        )

    def test_formula_is_a_text(self):
        import_ = self._import_retail(DIRTY.read_bytes())
        order = import_.order_ids.filtered(lambda order: order.intake_key == "536384")
        self.assertEqual(order.order_line.product_id.default_code, "=cmd|' /C calc'!A0")
        self.assertEqual(
            order.order_line.product_id.name, '=HYPERLINK("http://evil.example")'
        )


@tagged("post_install", "-at_install", "sales_slow")
class TestRealFile(RetailCommon):
    """The first day of the retailer's file, where it is present."""

    def _get_first_day(self):
        path = Path(os.environ.get("SALES_DATA") or SHARED)
        path = path if path.is_file() else path / REAL_NAME
        if not path.exists():
            self.skipTest(
                "shared/data is missing: the real orders are not in the project"
            )
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            lines = [next(stream)]
            for line in stream:
                if ",2010-12-01 " in line:
                    lines.append(line)
                elif ",2010-12-02 " in line:
                    break
        return "".join(lines)

    def test_first_day(self):
        text = self._get_first_day()
        rows = list(csv.DictReader(text.splitlines()))
        # What is left when cancellations, rows without customer, negative quantities
        # and zero prices are out, counted here without our code.
        good = [
            row
            for row in rows
            if not row["InvoiceNo"].startswith("C")
            and row["CustomerID"]
            and float(row["Quantity"]) > 0
            and float(row["UnitPrice"]) > 0
        ]
        import_ = self._import_retail(text.encode())
        self.assertEqual(import_.rows_total, len(rows))
        self.assertEqual(import_.rows_imported, len(good))
        self.assertEqual(
            set(import_.order_ids.mapped("intake_key")),
            {row["InvoiceNo"] for row in good},
        )
        self.assertEqual(
            import_.customers_created, len({r["CustomerID"] for r in good})
        )
        amount = sum(float(row["Quantity"]) * float(row["UnitPrice"]) for row in good)
        untaxed = sum(import_.order_ids.mapped("amount_untaxed"))
        self.assertAlmostEqual(untaxed, amount, delta=0.01)
