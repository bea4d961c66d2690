import base64
import csv
import io

import xlsxwriter
from markupsafe import Markup

from odoo import api, fields, models

from .intake_values import neutralise

# Not translated: by them a corrected error file is recognised.
ERROR_HEADERS = (
    "Import: line",
    "Import: column",
    "Import: value",
    "Import: reason",
    "Import: next step",
)
READ_ROWS = 5000
TABLE = Markup(
    "<div class='table-responsive'><table class='table table-sm table-bordered mb-0'>"
    "<thead><tr>%s</tr></thead><tbody>%s</tbody></table></div>"
)


class SalesOrderImport(models.Model):
    """What the user sees: progress, reasons, the error file."""

    _inherit = "sales.order.import"

    progress = fields.Float(
        compute="_compute_progress", help="Share of the rows that are done, in percent."
    )
    order_count = fields.Integer(
        compute="_compute_order_count", help="Orders this import brought in."
    )
    waiting_count = fields.Integer(
        string="Waiting Orders",
        compute="_compute_order_count",
        help="Orders that should be confirmed but stayed quotations: they wait for an "
        "approval or could not be confirmed.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        help="Currency of the orders: the pricelist's, else the company's.",
    )
    check_message = fields.Text(
        compute="_compute_check_message", help="What importing would do."
    )
    preview = fields.Html(
        compute="_compute_preview", sanitize=False, help="The first rows of the file."
    )
    report_summary = fields.Html(
        string="Reported Rows",
        compute="_compute_report_summary",
        sanitize=False,
        help="How many rows are reported for which reason.",
    )
    error_csv = fields.Binary(
        compute="_compute_error_csv", help="The reported rows as CSV, to be corrected."
    )
    error_xlsx = fields.Binary(
        compute="_compute_error_xlsx",
        help="The reported rows as XLSX, to be corrected.",
    )

    @api.depends("rows_total", "rows_imported", "rows_reported")
    def _compute_progress(self):
        for import_ in self:
            done = import_.rows_imported + import_.rows_reported
            total = import_.rows_total
            started = import_.state not in ("draft", "ready")
            import_.progress = 100.0 * done / total if total and started else 0.0

    @api.depends("order_ids.state")
    def _compute_order_count(self):
        groups = self.env["sale.order"]._read_group(
            [("import_id", "in", self.ids)], ["import_id", "state"], ["__count"]
        )
        for import_ in self:
            own = {state: count for record, state, count in groups if record == import_}
            import_.order_count = sum(own.values())
            waiting = own.get("draft", 0) + own.get("sent", 0)
            import_.waiting_count = waiting if import_.mode == "confirm" else 0

    @api.depends("pricelist_id", "company_id")
    def _compute_currency_id(self):
        for import_ in self:
            import_.currency_id = (
                import_.pricelist_id or import_.company_id
            ).currency_id

    @api.depends("check_result", "rows_total", "rows_reported")
    @api.depends_context("lang")
    def _compute_check_message(self):
        for import_ in self:
            result = import_.check_result
            import_.check_message = result and self.env._(
                "%(total)s rows were read. Importing would create %(orders)s orders, "
                "%(customers)s customers and %(products)s products, and report "
                "%(reported)s rows. Nothing was created yet.",
                total=import_.rows_total,
                **result,
            )

    @api.depends("head")
    def _compute_preview(self):
        for import_ in self:
            head = import_.head or {"headers": [], "rows": []}
            import_.preview = self._get_table(head["headers"], head["rows"][:5])

    @api.depends("rows_reported", "check_result")
    @api.depends_context("lang")
    def _compute_report_summary(self):
        groups = self.env["sales.order.import.row"]._read_group(
            [("import_id", "in", self.ids), ("reason", "!=", False)],
            ["import_id", "reason"],
            ["__count"],
        )
        rows = self.env["sales.order.import.row"]
        labels = dict(rows._fields["reason"]._description_selection(self.env))
        titles = [self.env._("Rows"), self.env._("Reason"), self.env._("What to do")]
        for import_ in self:
            own = [(count, reason) for rec, reason, count in groups if rec == import_]
            lines = [
                [str(count), labels[reason], rows._get_next_step(reason)]
                for count, reason in sorted(own, key=lambda pair: -pair[0])
            ]
            import_.report_summary = self._get_table(titles, lines) if lines else False

    @api.model
    def _get_table(self, headers, rows):
        """Return an HTML table of texts; whatever is in them is escaped."""
        head = Markup("").join(Markup("<th>%s</th>") % header for header in headers)
        body = Markup("").join(
            Markup("<tr>%s</tr>")
            % Markup("").join(Markup("<td>%s</td>") % str(cell)[:80] for cell in row)
            for row in rows
        )
        return TABLE % (head, body)

    # === Error file === #

    def _compute_error_csv(self):
        for import_ in self:
            stream = io.StringIO()
            writer = csv.writer(stream, delimiter=import_.delimiter or ",")
            writer.writerows(import_._iter_error_rows())
            content = stream.getvalue().encode("utf-8-sig")
            import_.error_csv = base64.b64encode(content)

    def _compute_error_xlsx(self):
        for import_ in self:
            stream = io.BytesIO()
            # Rows are written as they come; texts stay texts whatever they look like.
            options = {"constant_memory": True, "strings_to_formulas": False}
            with xlsxwriter.Workbook(stream, options) as book:
                sheet = book.add_worksheet("Reported rows")
                for number, cells in enumerate(import_._iter_error_rows()):
                    for position, cell in enumerate(cells):
                        sheet.write_string(number, position, cell)
            import_.error_xlsx = base64.b64encode(stream.getvalue())

    def _iter_error_rows(self):
        """Yield the headers and each reported row: its cells, then what is wrong."""
        headers = [h for h in self.head["headers"] if h not in ERROR_HEADERS]
        keep = [i for i, h in enumerate(self.head["headers"]) if h not in ERROR_HEADERS]
        yield [neutralise(text) for text in (*headers, *ERROR_HEADERS)]
        for row in self._iter_reported():
            data = row.data or []
            cells = [str(data[i]) if i < len(data) else "" for i in keep]
            yield [neutralise(text) for text in (*cells, *self._get_error_cells(row))]

    @api.model
    def _get_error_cells(self, row):
        labels = dict(row._fields["reason"]._description_selection(self.env))
        reason = labels[row.reason]
        if row.message:
            reason = f"{reason}: {row.message}"
        return (
            str(row.line_no),
            row.header or "",
            row.value or "",
            reason,
            row.next_step,
        )

    def _iter_reported(self):
        rows = self.env["sales.order.import.row"]
        last = -1
        while page := rows.search(
            [
                ("import_id", "=", self.id),
                ("reason", "!=", False),
                ("line_no", ">", last),
            ],
            order="line_no",
            limit=READ_ROWS,
        ):
            yield from page
            last = page[-1].line_no
            page.invalidate_recordset()

    def action_download_csv(self):
        """Download the reported rows as CSV.

        :return: URL action
        """
        return self._get_download_action("error_csv", "csv")

    def action_download_xlsx(self):
        """Download the reported rows as XLSX.

        :return: URL action
        """
        return self._get_download_action("error_xlsx", "xlsx")

    def _get_download_action(self, field, extension):
        self.ensure_one()
        name = f"{self.name.replace('/', '-')}-reported.{extension}"
        url = f"/web/content/{self._name}/{self.id}/{field}/{name}?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "download"}

    # === Linked records === #

    def action_view_orders(self):
        """Open the orders of this import.

        :return: window action
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("sale.action_orders")
        return {**action, "domain": [("import_id", "=", self.id)], "context": {}}

    def action_view_waiting(self):
        """Open the orders that stayed quotations though they should be confirmed.

        :return: window action
        """
        domain = [("import_id", "=", self.id), ("state", "in", ("draft", "sent"))]
        return {**self.action_view_orders(), "domain": domain}

    def action_view_rows(self):
        """Open all rows of the file.

        :return: window action
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_order_plus.sales_order_import_row_action"
        )
        return {**action, "domain": [("import_id", "=", self.id)]}

    def action_view_reported(self):
        """Open the reported rows, grouped by reason.

        :return: window action
        """
        context = {"search_default_with_reason": 1, "search_default_group_reason": 1}
        return {**self.action_view_rows(), "context": context}
