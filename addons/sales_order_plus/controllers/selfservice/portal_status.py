from odoo import http
from odoo.http import request

from .portal_selfservice import SelfServicePortal


class StatusPortal(SelfServicePortal):
    """How far an order is: on its page, and for programs."""

    @http.route(
        "/my/orders/<int:order_id>/status",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
        readonly=True,
        save_session=False,
    )
    def portal_order_status(
        self, order_id, access_token=None, fragments=None, **kwargs
    ):
        """Give the status as JSON; ``fragments`` adds the parts of the page."""
        order = self._get_order(order_id, access_token)
        if not order:
            text = request.env._("There is no such order that you may see.")
            return request.make_json_response({"error": {"message": text}}, status=404)
        data = order._get_customer_status()
        data["requests"] = order._get_customer_requests()
        if fragments:
            data["fragments"] = self._render_fragments(order, data)
        headers = {"Cache-Control": "no-store"}
        return request.make_json_response(data, headers=headers)

    def _render_fragments(self, order, status):
        """Return {id of the element: HTML} of what moves on the page of the order."""
        parts = {
            "sales_progress": "portal_order_progress",
            "sales_request_list": "portal_order_requests",
        }
        values = {"sale_order": order, "status": status}
        qweb = request.env["ir.qweb"].with_env(order.env)
        return {
            id_: str(qweb._render(f"sales_order_plus.{name}", values))
            for id_, name in parts.items()
        }

    def _get_page_view_values(
        self, document, access_token, values, session_history, no_breadcrumbs, **kwargs
    ):
        if document._name == "sale.order":
            status = document._get_customer_status()
            values = {
                **values,
                "status": status,
                "self_service": document._get_self_service(),
                "help_articles": document.state == "sale"
                and self._get_help(document, "order"),
            }
        return super()._get_page_view_values(
            document, access_token, values, session_history, no_breadcrumbs, **kwargs
        )
