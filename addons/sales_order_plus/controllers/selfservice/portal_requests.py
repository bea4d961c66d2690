from odoo import http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import pager as portal_pager

from .portal_selfservice import SelfServicePortal, make_refusal_data, try_it

STEP = 20


class RequestsPortal(SelfServicePortal):
    """What customers asked for: on the page of the order, and all in one list."""

    # === The list === #

    @http.route(
        ["/my/changes", "/my/changes/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_changes(self, page=1, **kwargs):
        """List the requests about all orders the customer may see."""
        total = self._count_requests()
        pager = portal_pager(url="/my/changes", total=total, page=page, step=STEP)
        offset = pager["offset"]
        values = {
            **self._prepare_portal_layout_values(),
            "rows": self._get_request_rows(offset + STEP)[offset:],
            "pager": pager,
            "page_name": "changes",
            "default_url": "/my/changes",
        }
        return request.render("sales_order_plus.portal_my_changes", values)

    def _get_request_models(self):
        """Return {kind: model without records, as superuser}."""
        orders = request.env["sale.order"]
        return {
            # sudo: requests are internal; what they say of themselves is for him.
            kind: request.env[orders._fields[name].comodel_name].sudo()
            for kind, name in orders._get_customer_request_fields().items()
        }

    def _get_request_domain(self, requests):
        """Return the domain of the requests of one kind that the customer sees."""
        partner = request.env.user.partner_id
        # His rights decide on the orders; the requests follow them.
        own = request.env["sale.order"]._search(
            [("partner_id", "child_of", partner.commercial_partner_id.ids)]
        )
        return Domain("order_id", "in", own) & requests._get_shown_to_customer_domain()

    def _count_requests(self):
        if not request.env["sale.order"].has_access("read"):
            return 0
        return sum(
            requests.search_count(self._get_request_domain(requests))
            for requests in self._get_request_models().values()
        )

    def _get_request_rows(self, limit):
        """Return the newest requests of all kinds, with their order."""
        if not request.env["sale.order"].has_access("read"):
            return []
        rows = []
        for requests in self._get_request_models().values():
            found = requests.search(self._get_request_domain(requests), limit=limit)
            rows += [(one._prepare_customer_request(), one.order_id) for one in found]
        return sorted(rows, key=lambda pair: pair[0]["date"], reverse=True)[:limit]

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "sales_request_count" in counters:
            values["sales_request_count"] = self._count_requests()
        if "sales_accept_count" in counters:
            values["sales_accept_count"] = self._count_to_accept()
        return values

    def _count_to_accept(self):
        if not request.env["sale.order"].has_access("read"):
            return 0
        changes = self._get_request_models()["change"]
        waiting = Domain("state", "=", "acceptance")
        return changes.search_count(self._get_request_domain(changes) & waiting)

    # === One of them === #

    def _get_request(self, order, kind, request_id):
        """Return one request of this order that its customer sees, or none."""
        name = order and order._get_customer_request_fields().get(kind)
        return name and order[name].filtered(
            lambda one: one.id == request_id and one._is_shown_to_customer()
        )

    @http.route(
        "/my/orders/<int:order_id>/requests/<string:kind>/<int:request_id>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def portal_order_request(
        self, order_id, kind, request_id, access_token=None, **kwargs
    ):
        """Show one request: what is different, what comes next, what he can do."""
        order = self._get_order(order_id, access_token)
        record = self._get_request(order, kind, request_id)
        if not record:
            return request.redirect("/my")
        values = {
            **self._prepare_portal_layout_values(),
            "sale_order": order,
            "row": record._prepare_customer_request(),
            "access_token": access_token,
            "page_name": "self_service",
            "res_company": order.company_id,
            "help_articles": self._get_help(order, kind),
            "error": request.session.pop("sales_request_error", ""),
        }
        return request.render("sales_order_plus.portal_order_request", values)

    @http.route(
        "/my/orders/<int:order_id>/requests/<string:kind>/<int:request_id>/withdraw",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_order_request_withdraw(
        self, order_id, kind, request_id, access_token=None, **kwargs
    ):
        """Take back what is not decided yet."""
        order = self._get_order(order_id, access_token)
        record = self._get_request(order, kind, request_id)
        if not record:
            return request.redirect("/my")
        _done, error = try_it(self._withdraw, order, record)
        if error:
            request.session["sales_request_error"] = str(error)
            return request.redirect(
                order._get_request_url(record._prepare_customer_request())
            )
        return self._redirect_to_requests(order, "request_withdrawn")

    def _withdraw(self, order, record):
        self._count_attempt(order, "submit")
        record._withdraw_as_customer(self._get_author(order))

    @http.route(
        "/my/orders/<int:order_id>/requests/change/<int:request_id>/accept",
        type="jsonrpc",
        auth="public",
        website=True,
    )
    def portal_order_change_accept(
        self, order_id, request_id, access_token=None, name=None, signature=None
    ):
        """Take the customer's signature under what a change costs him."""
        # As Odoo's own signature: the token is in the address of the call.
        access_token = access_token or request.httprequest.args.get("access_token")
        order = self._get_order(order_id, access_token)
        change = self._get_request(order, "change", request_id)
        if not change:
            return {"error": request.env._("There is no such request.")}
        _done, error = try_it(self._count_attempt, order, "submit")
        if not error:
            _done, error = try_it(change._accept_as_customer, name, signature)
        if error:
            return {"error": make_refusal_data(error)["error"]["message"]}
        url = order.get_portal_url(
            query_string="&message=change_accepted", anchor="sales_requests"
        )
        return {"force_refresh": True, "redirect_url": url}
