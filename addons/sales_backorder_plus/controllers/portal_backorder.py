from odoo import http
from odoo.http import request

from odoo.addons.sales_order_plus.controllers.selfservice.portal_selfservice import (
    SelfServicePortal,
    get_refusal,
    try_it,
)


class BackorderPortal(SelfServicePortal):
    """The customer says what shall become of what is short; opening it decides nothing."""

    @http.route(
        "/my/orders/<int:order_id>/backorder",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
        sitemap=False,
    )
    def portal_order_backorder(self, order_id, access_token=None, **post):
        """Show what is short and what can be done (GET), or take a choice (POST).

        ``step`` is ``choose`` with ``choice_<backorder id>`` (``wait``, ``partial``,
        ``cancel`` or ``substitute-<product id>``), or ``undo`` with ``choice_id``.
        """
        order = self._get_order(order_id, access_token)
        if not order:
            return request.redirect("/my")
        values = self._prepare_backorder_values(order, access_token)
        if request.httprequest.method != "POST":
            return request.render("sales_backorder_plus.portal_backorder", values)
        _done, error = try_it(self._take_backorder_step, order, post)
        if not error:
            return request.redirect(order.get_portal_url(suffix="/backorder"))
        text, field = get_refusal(error)
        values = self._prepare_backorder_values(order, access_token)
        values |= {"error": text, "error_field": field}
        return request.render("sales_backorder_plus.portal_backorder", values)

    def _prepare_backorder_values(self, order, access_token):
        return {
            **self._prepare_portal_layout_values(),
            "sale_order": order,
            "access_token": access_token,
            "form_url": order.get_portal_url(suffix="/backorder"),
            "page_name": "self_service",
            "res_company": order.company_id,
            "rows": order._get_choice_rows(),
            "error": "",
            "error_field": "",
        }

    def _take_backorder_step(self, order, post):
        self._count_attempt(order, "submit")
        name = self._get_backorder_customer(order)
        if post.get("step") == "undo":
            return order._undo_choice_as_customer(post.get("choice_id"), name)
        wishes = {
            key.removeprefix("choice_"): value
            for key, value in post.items()
            if key.startswith("choice_") and key != "choice_id"
        }
        return order._choose_as_customer(wishes, name)

    def _get_backorder_customer(self, order):
        user = request.env.user
        return order.partner_id.name if user._is_public() else user.name
