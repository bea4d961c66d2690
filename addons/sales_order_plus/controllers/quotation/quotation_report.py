import re

from werkzeug.http import parse_options_header

from odoo import http
from odoo.http import content_disposition, request

from odoo.addons.web.controllers.report import ReportController

HEADER = "Content-Disposition"
ONE_RECORD = re.compile(r"/report/(?:pdf|text)/([^/?\"]+)/(\d+)(?![\d,])")


class QuotationReportController(ReportController):
    """Downloads of quotations are named by their revision."""

    @http.route()
    def report_download(self, data, context=None, token=None, readonly=True):
        response = super().report_download(
            data, context=context, token=token, readonly=readonly
        )
        order = self._get_downloaded_order(data)
        if response is not None and order and HEADER in response.headers:
            kind, options = parse_options_header(response.headers[HEADER])
            name = order._name_revision(options.get("filename", ""))
            response.headers[HEADER] = content_disposition(name, kind)
        return response

    def _get_downloaded_order(self, data):
        """Return the quotation that alone is downloaded, or None."""
        found = ONE_RECORD.search(data or "")
        reports = request.env["ir.actions.report"]
        if found and reports._get_report_from_name(found[1]).model == "sale.order":
            return request.env["sale.order"].browse(int(found[2])).exists()
        return None
