import base64
import csv
import io

import openpyxl

from ..common import SalesPlusCommon

HEADERS = (
    "Order Number",
    "Order Date",
    "Customer ID",
    "Customer Name",
    "E-mail",
    "SKU",
    "Description",
    "Quantity",
    "Unit Price",
)


class IntakeCommon(SalesPlusCommon):
    """A customer, two products, and files of orders for them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write({"ref": "TSOP-C1"})
        cls.product.write({"default_code": "TSOP-P1"})
        cls.service.write({"default_code": "TSOP-S1"})
        cls.creator = cls._new_user(
            "tsop_cre", "sales_team.group_sale_manager,product.group_product_manager"
        )

    def _row(self, **values):
        """Return the cells of one good row, changed by header in lower snake case."""
        cells = {
            "order_number": "A1",
            "order_date": "2026-01-15",
            "customer_id": "TSOP-C1",
            "customer_name": "",
            "e_mail": "",
            "sku": "TSOP-P1",
            "description": "",
            "quantity": "2",
            "unit_price": "9.50",
            **values,
        }
        return list(cells.values())

    def _csv(self, *rows, headers=HEADERS, delimiter=",", encoding="utf-8"):
        stream = io.StringIO()
        writer = csv.writer(stream, delimiter=delimiter)
        writer.writerow(headers)
        writer.writerows(rows)
        return stream.getvalue().encode(encoding)

    def _xlsx(self, *rows, headers=HEADERS):
        book = openpyxl.Workbook()
        for row in (headers, *rows):
            book.active.append(list(row))
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def _upload(self, content, user=None, filename="orders.csv", **values):
        """Upload bytes as ``user`` (the salesman)."""
        return (
            self.env["sales.order.import"]
            .with_user(user or self.salesman)
            .create(
                {
                    "filename": filename,
                    "file": base64.b64encode(content).decode(),
                    "tz": "Europe/London",
                    **values,
                }
            )
        )

    def _work(self, import_):
        """Do what the cron does, without committing."""
        worker = import_.sudo()
        while worker._process_batch():
            pass
        import_.invalidate_recordset()
        return import_

    def _import(self, content, user=None, **values):
        import_ = self._upload(content, user, **values)
        import_.action_import()
        return self._work(import_)

    def _import_rows(self, *rows, user=None, **values):
        return self._import(self._csv(*rows), user, **values)

    def _get_rows(self, import_):
        return self.env["sales.order.import.row"].search(
            [("import_id", "=", import_.id)], order="line_no"
        )

    def _get_reasons(self, import_):
        """Return [(line number, reason, column)] of the reported rows."""
        rows = self._get_rows(import_).filtered(lambda row: row.status == "reported")
        return [(row.line_no, row.reason, row.column or "") for row in rows]

    def assertBalanced(self, import_):
        """Assert rows in = rows imported + rows reported, counted from the rows."""
        rows = self._get_rows(import_)
        imported = rows.filtered(lambda row: row.status == "imported")
        reported = rows.filtered(lambda row: row.status == "reported")
        self.assertEqual(import_.state, "done", import_.failure)
        self.assertEqual(import_.rows_total, len(rows))
        self.assertEqual(import_.rows_total, len(imported) + len(reported))
        self.assertEqual(
            (import_.rows_imported, import_.rows_reported),
            (len(imported), len(reported)),
        )
        self.assertTrue(all(row.order_id for row in imported))
        self.assertTrue(all(row.reason for row in reported))
        self.assertFalse(reported.order_id)
