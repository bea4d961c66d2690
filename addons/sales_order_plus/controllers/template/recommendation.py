from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ...exceptions import QuotationTemplateError


class RecommendationPortal(CustomerPortal):
    """“You may also need” on the customer's page of a quotation."""

    @http.route(
        "/my/orders/<int:order_id>/recommendation",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_add_recommendation(self, order_id, product_id, access_token=None):
        try:
            order_sudo = self._document_check_access(
                "sale.order", order_id, access_token=access_token
            )
        except (AccessError, MissingError):
            return request.redirect("/my")
        anchor = "#details"
        try:
            number = int(product_id) if product_id.isdecimal() else 0
            order_sudo._add_portal_recommendation(number)
        except QuotationTemplateError:
            # Somebody added it a moment ago, or it is no longer sold: the page tells.
            anchor = "#recommendations"
        return request.redirect(order_sudo.get_portal_url(anchor=anchor.strip("#")))
