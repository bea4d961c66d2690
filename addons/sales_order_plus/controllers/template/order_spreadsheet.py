from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class OrderSpreadsheet(CustomerPortal):
    """The order as a workbook, for employees and for customers."""

    @http.route("/sales_order_plus/order/<int:order_id>/xlsx", auth="user")
    def order_xlsx(self, order_id):
        order = request.env["sale.order"].browse(order_id).exists()
        if not order:
            raise request.not_found()
        order.check_access("read")
        return self._make_xlsx_response(order)

    @http.route("/my/orders/<int:order_id>/xlsx", auth="public", website=True)
    def portal_order_xlsx(self, order_id, access_token=None):
        try:
            order_sudo = self._document_check_access(
                "sale.order", order_id, access_token=access_token
            )
        except (AccessError, MissingError):
            return request.redirect("/my")
        return self._make_xlsx_response(order_sudo)

    def _make_xlsx_response(self, order):
        name = content_disposition(order._get_spreadsheet_name())
        headers = [("Content-Type", XLSX), ("Content-Disposition", name)]
        return request.make_response(order._render_spreadsheet(), headers)
