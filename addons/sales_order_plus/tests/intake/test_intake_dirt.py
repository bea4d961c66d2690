from datetime import datetime
from pathlib import Path

from odoo.tests import tagged

from ...models.intake.intake_values import neutralise
from .common import IntakeCommon

DIRT = Path(__file__).parent / "data" / "dirt.csv"


@tagged("post_install", "-at_install")
class TestIntakeDirt(IntakeCommon):
    """The retailer's columns with every kind of dirt; results worked out by hand."""

    def _import_dirt(self, **values):
        settings = {
            "cancel_prefix": "C",
            "service_codes": "POST",
            "service_policy": "report",
            "date_format": "ymd",
            "decimal": ".",
            **values,
        }
        return self._import(DIRT.read_bytes(), **settings)

    def test_each_row_is_imported_or_reported(self):
        import_ = self._import_dirt()
        self.assertBalanced(import_)
        self.assertEqual(
            (import_.rows_total, import_.rows_imported, import_.rows_reported),
            (17, 2, 15),
        )
        reasons = [(line, reason) for line, reason, _c in self._get_reasons(import_)]
        self.assertEqual(
            reasons,
            [
                (4, "product_unknown"),
                (5, "cancellation"),
                (6, "missing_customer"),
                (7, "negative_quantity"),
                (8, "zero_price"),
                (9, "service_code"),
                (10, "bad_number"),
                (11, "bad_date"),
                (12, "bad_number"),
                (13, "zero_quantity"),
                (14, "customer_unknown"),
                (15, "order_conflict"),
                (16, "order_conflict"),
                (17, "negative_price"),
                (18, "missing_value"),
            ],
        )

    def test_the_order(self):
        order = self._import_dirt().order_ids
        self.assertRecordValues(
            order,
            [
                {
                    "partner_id": self.customer.id,
                    "client_order_ref": "T100",
                    # December: London is on UTC.
                    "date_order": datetime(2010, 12, 1, 8, 26),
                    "user_id": self.salesman.id,
                    # 6 x 2.55 + 2 x 3.39
                    "amount_untaxed": 22.08,
                    "state": "draft",
                }
            ],
        )

    def test_bad_row_keeps_whole_order_out(self):
        import_ = self._import_dirt(whole_orders=True)
        self.assertBalanced(import_)
        self.assertEqual((import_.rows_imported, import_.rows_reported), (0, 17))
        self.assertIn((2, "order_incomplete", "order_ref"), self._get_reasons(import_))

    def test_error_file_is_harmless_and_complete(self):
        import_ = self._import_dirt()
        _headers, *rows = import_._iter_error_rows()
        self.assertEqual(len(rows), 15)
        formula = [cell for row in rows for cell in row if "cmd|" in cell]
        # In the customer's column, and once more as the value that was wrong.
        self.assertEqual(formula, ["'=cmd|' /C calc'!A0"] * 2)

    def test_neutralise(self):
        for text in ("=1", "+1", "-1", "@a", "\tx", "\nx", "＝1"):
            self.assertEqual(neutralise(text), f"'{text}")
        self.assertEqual(neutralise("a=1"), "a=1")

    def test_confirm_keeps_the_date(self):
        order = self._import_dirt(mode="confirm").order_ids
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.date_order, datetime(2010, 12, 1, 8, 26))

    def test_missing_are_created_if_allowed(self):
        import_ = self._import_rows(
            self._row(customer_id="NEW-C", customer_name="New Shop", sku="NEW-P"),
            user=self.creator,
            create_customers=True,
            create_products=True,
        )
        self.assertBalanced(import_)
        self.assertEqual((import_.customers_created, import_.products_created), (1, 1))
        self.assertEqual(import_.order_ids.partner_id.ref, "NEW-C")
        self.assertEqual(import_.order_ids.order_line.product_id.default_code, "NEW-P")

    def test_check_creates_nothing(self):
        before = self.env["sale.order"].search_count([])
        import_ = self._upload(self._csv(self._row(), self._row(sku="NOSUCH")))
        import_.action_check()
        self.assertEqual(import_.state, "ready")
        self.assertEqual(import_.check_result["orders"], 1)
        self.assertEqual(import_.check_result["reported"], 1)
        self.assertEqual(self.env["sale.order"].search_count([]), before)
