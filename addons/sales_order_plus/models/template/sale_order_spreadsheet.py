import io
from datetime import datetime

import xlsxwriter

from odoo import fields, models
from odoo.tools import float_compare, format_date

COLUMNS = 6
FIRST_LINE = 7


class SaleOrder(models.Model):
    """The quotation as a workbook that goes on calculating."""

    _inherit = "sale.order"

    def action_export_xlsx(self):
        """Download the order as an XLSX file.

        :return: action that opens the download
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/sales_order_plus/order/{self.id}/xlsx",
            "target": "download",
        }

    def _get_spreadsheet_name(self):
        return f"{self.name.replace('/', '_')}.xlsx"

    def _render_spreadsheet(self):
        """Return the bytes of the workbook, in the language of the customer.

        The amount of each line is a formula of its quantity, price and discount,
        and the totals are sums of them; taxes are amounts, as Odoo computed them.
        """
        self.ensure_one()
        order = self.with_context(lang=self.partner_id.lang or self.env.lang)
        stream = io.BytesIO()
        with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
            OrderSheet(order, book).fill()
        return stream.getvalue()


class OrderSheet:
    """One sheet for one order; knows where each row lies.

    :param order: sale.order
    :param book: workbook to add the sheet to
    """

    def __init__(self, order, book):
        self.order = order
        self.env = order.env
        self.sheet = book.add_worksheet(order.name.replace("/", "_")[:31])
        places = order.currency_id.decimal_places
        money = "#,##0" + ("." + "0" * places if places else "")
        self.places = places
        self.bold = book.add_format({"bold": True})
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self.money = book.add_format({"num_format": money})
        self.total = book.add_format({"num_format": money, "bold": True, "top": 1})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})

    def fill(self):
        self.sheet.set_column(0, 0, 50)
        self.sheet.set_column(1, COLUMNS - 1, 14)
        self._write_header()
        row = FIRST_LINE
        for line in self.order.order_line:
            self._write_line(row, line)
            row += 1
        self._write_totals(row)

    def _text(self, row, column, text, style=None):
        # Never as a formula or link, whatever somebody typed.
        self.sheet.write_string(row, column, text or "", style)

    def _write_header(self):
        order = self.order
        self._text(0, 0, f"{order.type_name} {order.name}", self.bold)
        self._text(1, 0, order.partner_id.display_name)
        self._text(2, 0, self.env._("Date: %s", self._date(order.date_order)))
        if order.validity_date and order.state in ("draft", "sent"):
            self._text(
                3, 0, self.env._("Valid until: %s", self._date(order.validity_date))
            )
        self._text(4, 0, self.env._("Currency: %s", order.currency_id.name))
        titles = (
            self.env._("Description"),
            self.env._("Quantity"),
            self.env._("Unit"),
            self.env._("Unit Price"),
            self.env._("Disc.%"),
            self.env._("Amount"),
        )
        for column, title in enumerate(titles):
            self._text(FIRST_LINE - 1, column, title, self.head)

    def _date(self, value):
        """Return a day, of a moment in the time zone of who reads."""
        if isinstance(value, datetime):
            value = fields.Datetime.context_timestamp(self.order, value).date()
        return format_date(self.env, value)

    def _write_line(self, row, line):
        if line.display_type:
            style = self.bold if "section" in line.display_type else self.wrap
            self._text(row, 0, line.name, style)
            return
        self._text(row, 0, line.name, self.wrap)
        self.sheet.write_number(row, 1, line.product_uom_qty)
        self._text(row, 2, line.product_uom_id.name)
        self.sheet.write_number(row, 3, line.price_unit, self.money)
        self.sheet.write_number(row, 4, line.discount)
        self._write_amount(row, line)

    def _write_amount(self, row, line):
        """A formula, unless the price holds a tax that it cannot take out."""
        number = row + 1
        amount = line.product_uom_qty * line.price_unit * (1 - line.discount / 100)
        amount = self.order.currency_id.round(amount)
        if float_compare(amount, line.price_subtotal, precision_digits=self.places):
            self.sheet.write_number(row, 5, line.price_subtotal, self.money)
            return
        formula = f"=ROUND(B{number}*D{number}*(1-E{number}/100),{self.places})"
        self.sheet.write_formula(row, 5, formula, self.money, line.price_subtotal)

    def _write_totals(self, row):
        order = self.order
        first, last = FIRST_LINE + 1, max(row, FIRST_LINE + 1)
        row += 1
        begin = row
        self._total(
            row, self.env._("Untaxed Amount"), f"=SUM(F{first}:F{last})", self._sum()
        )
        rest = order.currency_id.round(order.amount_untaxed - self._sum())
        if rest:
            row += 1
            self._total(row, self.env._("Rounding"), rest)
        for name, amount in self._get_taxes():
            row += 1
            self._total(row, name, amount)
        total = f"=SUM(F{begin + 1}:F{row + 1})"
        self._total(row + 1, self.env._("Total"), total, order.amount_total, self.total)

    def _sum(self):
        return sum(self.order.order_line.mapped("price_subtotal"))

    def _total(self, row, name, value, result=0, style=None):
        self._text(row, 4, name, self.bold)
        if isinstance(value, str):
            self.sheet.write_formula(row, 5, value, style or self.money, result)
        else:
            self.sheet.write_number(row, 5, value, self.money)

    def _get_taxes(self):
        """Return (name, amount) of each tax group, as printed on the quotation."""
        for subtotal in self.order.tax_totals["subtotals"]:
            for group in subtotal["tax_groups"]:
                yield group["group_name"], group["tax_amount_currency"]
