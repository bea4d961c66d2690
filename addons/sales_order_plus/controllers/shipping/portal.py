from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.sale.controllers.portal import CustomerPortal

from ...exceptions import DeliveryError


class SalesShippingPortal(CustomerPortal):
    """What a customer may do about the shipping of his order."""

    @http.route(
        "/my/orders/<int:order_id>/instructions",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_order_instructions(
        self, order_id, access_token=None, instructions="", **_kwargs
    ):
        order = self._get_shipping_order(order_id, access_token)
        if not order:
            return request.redirect("/my")
        try:
            order._set_customer_instructions(instructions)
        except DeliveryError as error:
            return self._redirect_to_order(order, f"&delivery_error={error.code}")
        return self._redirect_to_order(order, "&message=instructions_ok")

    @http.route(
        "/my/orders/<int:order_id>/receipt",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_order_receipt(self, order_id, access_token=None, name="", **_kwargs):
        order = self._get_shipping_order(order_id, access_token)
        if not order:
            return request.redirect("/my")
        order._confirm_receipt(name)
        return self._redirect_to_order(order, "&message=receipt_ok")

    @http.route(
        "/my/orders/<int:order_id>/address",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_order_address(
        self, order_id, access_token=None, partner_id=None, **_kwargs
    ):
        """Let the customer have the invoice sent to another of his own addresses."""
        order = self._get_shipping_order(order_id, access_token)
        if not order:
            return request.redirect("/my")
        try:
            chosen = int(partner_id or 0)
        except ValueError:
            chosen = 0
        address = order._get_invoice_addresses().filtered(lambda p: p.id == chosen)
        if not address or order.state not in ("draft", "sent"):
            return request.make_response("Forbidden", status=403)
        order._set_customer_invoice_address(address)
        return self._redirect_to_order(order, "&message=address_ok")

    def _get_shipping_order(self, order_id, access_token):
        """Return the order of a valid token or its customer, as superuser."""
        try:
            return self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            return None

    def _redirect_to_order(self, order, query):
        return request.redirect(order.get_portal_url(query_string=query))
