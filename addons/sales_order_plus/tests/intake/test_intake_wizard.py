import base64

from odoo.tests import Form, tagged

from ...models.intake.sales_order_import import IntakeError
from .common import HEADERS, IntakeCommon


@tagged("post_install", "-at_install")
class TestWizard(IntakeCommon):
    """Upload, look, choose, check, import: what the form does."""

    def test_form(self):
        imports = self.env["sales.order.import"].with_user(self.salesman)
        form = Form(imports)
        form.file = base64.b64encode(self._csv(self._row())).decode()
        import_ = form.save()
        self.assertEqual((import_.format, import_.encoding), ("csv", "utf-8"))
        self.assertEqual(import_.column_ids.mapped("header"), list(HEADERS))
        with Form(import_) as form:
            form.mode = "confirm"
            with form.column_ids.edit(6) as column:
                column.target = False
        import_.action_check()
        self.assertEqual(import_.state, "ready")
        import_.action_import()
        self._work(import_)
        self.assertBalanced(import_)
        self.assertEqual(import_.order_ids.state, "sale")

    def test_columns_are_guessed(self):
        import_ = self._upload(self._csv(self._row()))
        self.assertEqual(
            import_.column_ids.mapped("target"),
            [
                "order_ref",
                "order_date",
                "customer",
                "customer_name",
                "customer_email",
                "product",
                "product_name",
                "quantity",
                "price_unit",
            ],
        )
        self.assertEqual(import_.column_ids[8].sample, "9.50")
        self.assertIn("TSOP-P1", import_.preview)

    def test_formats_are_detected(self):
        import_ = self._upload(
            self._csv(
                self._row(order_date="31/01/2026", unit_price="1.234,56"), delimiter=";"
            )
        )
        self.assertEqual(
            (import_.delimiter, import_.date_format, import_.decimal), (";", "dmy", ",")
        )
        import_.action_import()
        self._work(import_)
        self.assertBalanced(import_)
        self.assertEqual(import_.order_ids.amount_untaxed, 2469.12)

    def test_every_encoding(self):
        partner = self.env["res.partner"].create(
            {"name": "Größe & Söhne", "ref": "GRÖ"}
        )
        for number, encoding in enumerate(("utf-8", "utf-8-sig", "utf-16", "latin-1")):
            with self.subTest(encoding=encoding):
                row = self._row(order_number=f"E{number}", customer_id="GRÖ")
                import_ = self._import(self._csv(row, encoding=encoding))
                self.assertBalanced(import_)
                self.assertEqual(import_.order_ids.partner_id, partner)

    def test_workbook(self):
        import_ = self._import(
            self._xlsx(self._row(quantity=2, unit_price=9.5)), filename="orders.xlsx"
        )
        self.assertBalanced(import_)
        self.assertEqual((import_.format, import_.encoding), ("xlsx", False))
        self.assertEqual(import_.order_ids.amount_untaxed, 19)

    def test_check_creates_nothing(self):
        import_ = self._upload(
            self._csv(
                self._row(),
                self._row(order_number="A2", customer_id="NEW", sku="N-1"),
                self._row(order_number="A2", customer_id="NEW", sku="N-2"),
                self._row(order_number="A3", quantity="-1"),
                self._row(order_number="A4", quantity="x"),
            ),
            self.creator,
            create_customers=True,
            create_products=True,
        )
        import_.action_check()
        self.assertEqual(
            import_.check_result,
            {"orders": 2, "customers": 1, "products": 2, "reported": 2},
        )
        self.assertIn("create 2 orders", import_.check_message)
        self.assertFalse(import_.order_ids)
        self.assertFalse(self.env["res.partner"].search([("ref", "=", "NEW")]))
        rows = self._get_rows(import_)
        self.assertEqual(
            rows.mapped("reason"),
            [False, False, False, "negative_quantity", "bad_number"],
        )
        self.assertEqual(rows[3].status, "pending")
        # What was found by the check is found again, and the rest comes in.
        import_.action_import()
        self._work(import_)
        self.assertBalanced(import_)
        self.assertEqual((import_.rows_imported, import_.rows_reported), (3, 2))

    def test_check_twice(self):
        import_ = self._upload(self._csv(self._row(customer_id="NEW")))
        import_.action_check()
        self.assertEqual(import_.check_result["reported"], 1)
        self.env["res.partner"].create({"name": "New", "ref": "NEW"})
        import_.action_check()
        self.assertEqual(import_.check_result["reported"], 0)
        self.assertEqual(import_.rows_total, 1)

    def test_wrong_delimiter(self):
        import_ = self._upload(self._csv(self._row()), delimiter=";")
        self.assertEqual(len(import_.column_ids), 1)
        with self.assertRaisesRegex(IntakeError, "choose another delimiter"):
            import_.action_import()
        import_.delimiter = ","
        self.assertEqual(len(import_.column_ids), len(HEADERS))
        import_.action_import()
        self._work(import_)
        self.assertBalanced(import_)

    def test_files_that_cannot_be_read(self):
        for content, message in (
            (b"", "empty"),
            (b"\n\n", "empty"),
            (self._csv(), "no rows below the headers"),
            (bytes(range(256)) * 100, "neither text nor XLSX"),
            (b"\xd0\xcf\x11\xe0" + b"x" * 500, "old Excel format"),
            (b"PK\x03\x04" + b"x" * 500, "damaged"),
            (self._csv(["1"] * 600, headers=list("x" * 600)), "500 columns"),
        ):
            with (
                self.subTest(message=message),
                self.assertRaises(IntakeError) as caught,
            ):
                self._upload(content)
            self.assertRegex(str(caught.exception), f"^File: .*{message}")
        with self.assertRaisesRegex(IntakeError, "no base64"):
            self.env["sales.order.import"].create({"file": "no base64!"})

    def test_missing_columns(self):
        headers = ["Order Number", "Something", "Quantity"]
        import_ = self._upload(self._csv(("A1", "x", "1"), headers=headers))
        with self.assertRaises(IntakeError) as caught:
            import_.action_check()
        message = str(caught.exception)
        self.assertIn("Product", message)
        self.assertIn("Customer", message)
        self.assertIn("Something", message)
        self.assertNotIn("Order number,", message)

    def test_customer_column_is_not_needed_with_a_default(self):
        headers = ["Order Number", "SKU", "Quantity"]
        import_ = self._import(
            self._csv(("A1", "TSOP-P1", "1"), headers=headers),
            default_customer_id=self.customer.id,
        )
        self.assertBalanced(import_)
        self.assertEqual(import_.order_ids.amount_untaxed, 100)

    def test_repeated_headers(self):
        """Nobody can know which of two columns is meant: the user chooses."""
        headers = ["Order Number", "Customer ID", "SKU", "Quantity", "Price", "Price"]
        import_ = self._upload(
            self._csv(("A1", "TSOP-C1", "TSOP-P1", "1", "10", "20"), headers=headers)
        )
        prices = import_.column_ids[4:]
        self.assertEqual(prices.mapped("header"), ["Price", "Price (2)"])
        self.assertEqual(prices.mapped("target"), [False, False])
        # Neither would mean the pricelist's prices, without a word.
        with self.assertRaisesRegex(IntakeError, r"Price, Price \(2\) could each be"):
            import_.action_import()
        prices.target = "price_unit"
        with self.assertRaisesRegex(IntakeError, "Unit price is chosen for more"):
            import_.action_import()
        prices[0].target = False
        import_.action_import()
        self._work(import_)
        self.assertEqual(import_.order_ids.amount_untaxed, 20)

    def test_blank_header(self):
        headers = ["Order Number", "", "Customer ID", "SKU", "Quantity"]
        import_ = self._upload(
            self._csv(("A1", "x", "TSOP-C1", "TSOP-P1", "1"), headers=headers)
        )
        self.assertEqual(import_.column_ids[1].header, "Column 2")

    def test_mapping_is_saved_and_recognised(self):
        headers = ["Nr", "Wer", "Was", "Wieviel"]
        targets = ["order_ref", "customer", "product", "quantity"]
        import_ = self._upload(
            self._csv(("A1", "TSOP-C1", "TSOP-P1", "1"), headers=headers),
            filename="agency.csv",
            cancel_prefix="C",
        )
        self.assertFalse(any(import_.column_ids.mapped("target")))
        for column, target in zip(import_.column_ids, targets, strict=True):
            column.target = target
        import_.whole_orders = True
        import_.action_import()
        mapping = import_.mapping_id
        self.assertEqual((mapping.name, mapping.cancel_prefix), ("agency", "C"))
        # The next file has the same headers in another order.
        headers.reverse()
        import_ = self._upload(
            self._csv(("1", "TSOP-P1", "TSOP-C1", "A2"), headers=headers)
        )
        self.assertEqual(import_.mapping_id, mapping)
        self.assertEqual(import_.column_ids.mapped("target"), targets[::-1])
        self.assertEqual((import_.cancel_prefix, import_.whole_orders), ("C", True))
        import_.action_import()
        self.assertEqual(import_.mapping_id, mapping)
        self._work(import_)
        self.assertBalanced(import_)

    def test_mapping_can_be_chosen(self):
        mapping = self.env["sales.order.import.mapping"].create(
            {"name": "Other way", "decimal": ",", "line_ids": []}
        )
        mapping.line_ids = [(0, 0, {"header": "Description", "target": "product"})]
        import_ = self._upload(self._csv(self._row()))
        import_.mapping_id = mapping
        self.assertEqual(import_.decimal, ",")
        self.assertEqual(import_.column_ids[6].target, "product")

    def test_mapping_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env["sales.order.import.mapping"].create(
            {
                "name": "Theirs",
                "company_id": other.id,
                "line_ids": [(0, 0, {"header": h, "target": False}) for h in HEADERS],
            }
        )
        self.assertFalse(self._upload(self._csv(self._row())).mapping_id)

    def test_started_import_cannot_be_changed(self):
        import_ = self._import_rows(self._row())
        with self.assertRaisesRegex(IntakeError, "cannot be changed"):
            import_.mode = "confirm"
        for action in (
            import_.action_check,
            import_.action_import,
            import_.action_cancel,
        ):
            with self.assertRaises(IntakeError):
                action()
        with self.assertRaisesRegex(IntakeError, "is kept"):
            import_.unlink()

    def test_draft_can_be_deleted(self):
        import_ = self._upload(self._csv(self._row()))
        import_.action_check()
        rows = self._get_rows(import_)
        import_.unlink()
        self.assertFalse(rows.exists())

    def test_links(self):
        import_ = self._import_rows(self._row(), self._row(quantity="0"))
        orders = self.env["sale.order"].search(import_.action_view_orders()["domain"])
        self.assertEqual(orders, import_.order_ids)
        self.assertEqual(import_.order_count, 1)
        rows = self.env["sales.order.import.row"]
        self.assertEqual(len(rows.search(import_.action_view_rows()["domain"])), 2)
        action = import_.action_view_reported()
        self.assertEqual(action["context"]["search_default_with_reason"], 1)
        row = self._get_rows(import_)[0]
        self.assertEqual(row.action_open_order()["res_id"], orders.id)
        self.assertFalse(
            self.env["sale.order"].search(import_.action_view_waiting()["domain"])
            - orders
        )
