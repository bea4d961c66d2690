from odoo import fields, http
from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.http import request

from odoo.addons.sale.controllers.portal import PaymentPortal

from ...exceptions import AgeError
from ..quotation.quotation_portal import QuotationPortal


class EligibilityPortal(QuotationPortal):
    """The customer says how old he is before he accepts."""

    @http.route(
        "/my/orders/<int:order_id>/birthdate",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_order_birthdate(
        self, order_id, access_token=None, birthdate="", **kwargs
    ):
        """Keep the date of birth, or say why the order cannot be accepted."""
        order = self._get_order(order_id, access_token)
        if not order:
            return request.redirect("/my")
        refusal = self._take_birthdate(order, birthdate)
        message = "age_verified"
        if refusal:
            request.session["quotation_refusal"] = refusal
            message = "quotation_refused"
        return request.redirect(
            order.get_portal_url(query_string=f"&message={message}")
        )

    def _take_birthdate(self, order, text):
        user = request.env.user
        visitor = user.partner_id if not user._is_public() else user.partner_id.browse()
        try:
            birthdate = fields.Date.to_date(text.strip())
        except ValueError:
            birthdate = None
        if not order._needs_birthdate():
            return ""
        if not birthdate:
            return order.env._("Date of Birth: give the day you were born.")
        try:
            with request.env.cr.savepoint():
                return order._take_birthdate(birthdate, visitor.sudo())
        except AgeError as error:
            return str(error)

    @http.route()
    def portal_quote_accept(self, order_id, access_token=None, **kwargs):
        token = access_token or request.httprequest.args.get("access_token")
        order = self._get_order(order_id, token)
        if order and order._needs_birthdate():
            return {"error": _get_refusal(order)}
        return super().portal_quote_accept(
            order_id, access_token=access_token, **kwargs
        )


class EligibilityPayment(PaymentPortal):
    """Nobody pays for what may not be sold to him."""

    @http.route()
    def portal_order_transaction(self, order_id, access_token, **kwargs):
        try:
            order = self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            # Refused below, in Odoo's words.
            order = None
        if order and order._needs_birthdate():
            raise ValidationError(_get_refusal(order))
        return super().portal_order_transaction(order_id, access_token, **kwargs)


def _get_refusal(order):
    return order.env._(
        "Please load the page again and give your date of birth first: you have to be "
        "%s years old for this order.",
        order._get_needed_age(),
    )
