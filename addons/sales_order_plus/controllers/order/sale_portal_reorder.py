from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.sale.controllers.portal import CustomerPortal

from ...exceptions import CloneError


class SalePortalReorder(CustomerPortal):
    """Order the same again."""

    @http.route(
        ["/my/orders/<int:order_id>/reorder"],
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_order_reorder(self, order_id, **kwargs):
        """Make a quotation of one of the customer's orders, at today's prices."""
        try:
            # Without a token: whoever was only shown the order cannot order.
            self._document_check_access("sale.order", order_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        # sudo, but still the customer: what is made shows who asked for it.
        order = request.env["sale.order"].sudo().browse(order_id)
        if not order._can_order_again():
            return request.redirect(order.get_portal_url())
        try:
            quotation = order._order_again()
        except CloneError:
            url = order.get_portal_url(query_string="&message=nothing_to_reorder")
            return request.redirect(url)
        url = quotation.get_portal_url(query_string="&message=reordered")
        return request.redirect(url)
