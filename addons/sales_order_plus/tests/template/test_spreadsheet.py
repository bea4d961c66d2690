import base64
import io
import re

import openpyxl

from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from ..common import SalesPlusCommon


class SpreadsheetCommon(SalesPlusCommon):
    def _read(self, content):
        return openpyxl.load_workbook(io.BytesIO(content)).active

    def _evaluate(self, sheet, cell):
        """Calculate a cell as a spreadsheet does, for the formulas we write."""
        value = sheet[cell].value
        if not isinstance(value, str):
            return value or 0
        if found := re.fullmatch(r"=SUM\(F(\d+):F(\d+)\)", value):
            rows = range(int(found[1]), int(found[2]) + 1)
            return sum(self._evaluate(sheet, f"F{row}") for row in rows)
        found = re.fullmatch(r"=ROUND\(B(\d+)\*D\1\*\(1-E\1/100\),(\d)\)", value)
        self.assertTrue(found, value)
        row, places = found.groups()
        quantity, price, discount = (sheet[f"{c}{row}"].value for c in "BDE")
        return round(quantity * price * (1 - discount / 100) + 1e-9, int(places))

    def _get_total(self, content):
        sheet = self._read(content)
        return self._evaluate(sheet, f"F{sheet.max_row}")

    def _new_taxed(self):
        tax = self.env["account.tax"].create(
            {"name": "Test 19%", "amount": 19, "type_tax_use": "sale"}
        )
        order = self._new_order((self.product, 3), (self.service, 7))
        order.order_line[0].write({"discount": 12.5, "tax_ids": [Command.set(tax.ids)]})
        order.order_line[1].price_unit = 0.99
        return order


@tagged("post_install", "-at_install")
class TestSpreadsheet(SpreadsheetCommon):
    """The order as a workbook that goes on calculating."""

    def test_total_is_the_orders(self):
        order = self._new_taxed()
        # 3 x 100 less 12.5 % is 262.50, with 19 % 312.38; 7 x 0.99 is 6.93.
        self.assertEqual(order.amount_total, 319.31)
        self.assertAlmostEqual(self._get_total(order._render_spreadsheet()), 319.31)

    def test_changed_quantity_changes_the_amount(self):
        order = self._new_order((self.product, 3))
        sheet = self._read(order._render_spreadsheet())
        self.assertEqual(self._evaluate(sheet, "F8"), 300)
        sheet["B8"] = 4
        self.assertEqual(self._evaluate(sheet, "F8"), 400)

    def test_tax_included_in_the_price(self):
        tax = self.env["account.tax"].create(
            {
                "name": "Test 20% incl.",
                "amount": 20,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
            }
        )
        order = self._new_order((self.product, 1))
        order.order_line.tax_ids = tax
        self.assertEqual((order.amount_untaxed, order.amount_total), (83.33, 100))
        content = order._render_spreadsheet()
        self.assertEqual(self._read(content)["F8"].value, 83.33)
        self.assertAlmostEqual(self._get_total(content), 100)

    def test_sections_and_texts(self):
        order = self._new_order((self.product, 1))
        order.order_line = [
            Command.create({"display_type": "line_section", "name": "=1+1"})
        ]
        sheet = self._read(order._render_spreadsheet())
        cell = next(row[0] for row in sheet.iter_rows() if row[0].value == "=1+1")
        # A text, not a formula that somebody slipped in.
        self.assertEqual(cell.data_type, "s")

    def test_empty_order(self):
        order = self._new_order()
        order.order_line.unlink()
        self.assertEqual(self._get_total(order._render_spreadsheet()), 0)

    def test_over_rpc(self):
        order = self._new_taxed()
        api = self.env["sales.order.api"].with_user(self.salesman)
        answer = api.export_xlsx(name=order.name)
        self.assertEqual(answer["filename"], f"{order.name}.xlsx")
        content = base64.b64decode(answer["content_base64"])
        self.assertAlmostEqual(self._get_total(content), 319.31)


@tagged("post_install", "-at_install")
class TestSpreadsheetDownload(SpreadsheetCommon, HttpCase):
    def test_employee(self):
        order = self._new_taxed()
        self.salesman.password = self.salesman.login
        self.authenticate(self.salesman.login, self.salesman.login)
        response = self.url_open(order.action_export_xlsx()["url"])
        self.assertIn("spreadsheetml", response.headers["Content-Type"])
        self.assertAlmostEqual(self._get_total(response.content), 319.31)

    def test_customer_with_the_link(self):
        order = self._new_taxed()
        page = self.url_open(order.get_portal_url())
        self.assertIn(f"/my/orders/{order.id}/xlsx", page.text)
        response = self.url_open(order.get_portal_url(suffix="/xlsx"))
        self.assertAlmostEqual(self._get_total(response.content), 319.31)

    def test_without_the_right_link(self):
        order = self._new_taxed()
        response = self.url_open(
            f"/my/orders/{order.id}/xlsx?access_token=wrong", allow_redirects=False
        )
        self.assertEqual(response.status_code, 303)
