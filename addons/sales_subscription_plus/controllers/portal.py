from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.sales_subscription_state import LIVE_STATES


class SubscriptionPortal(CustomerPortal):
    """The customer's subscriptions under /my."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "subscription_count" in counters:
            subscriptions = request.env["sales.subscription"]
            values["subscription_count"] = (
                subscriptions.search_count(self._get_subscriptions_domain())
                if subscriptions.has_access("read")
                else 0
            )
        return values

    def _get_subscriptions_domain(self):
        """Drafts are internal; an employee sees here what is his own."""
        partner = request.env.user.partner_id.commercial_partner_id
        return [("partner_id", "child_of", partner.ids), ("state", "!=", "draft")]

    def _get_subscription_sortings(self):
        return {
            "next": {
                "label": request.env._("Next Billing"),
                "order": "next_billing_date asc nulls last, id desc",
            },
            "number": {"label": request.env._("Newest"), "order": "id desc"},
            "state": {"label": request.env._("Status"), "order": "state, id desc"},
        }

    def _get_subscription_filters(self):
        return {
            "all": {"label": request.env._("All"), "domain": []},
            "active": {
                "label": request.env._("Active"),
                "domain": [("state", "in", LIVE_STATES)],
            },
            "ended": {
                "label": request.env._("Ended"),
                "domain": [("state", "in", ("cancelled", "expired"))],
            },
        }

    @http.route(
        ["/my/subscriptions", "/my/subscriptions/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_subscriptions(self, page=1, sortby="next", filterby="all", **kwargs):
        """List the subscriptions of the customer's company."""
        subscriptions = request.env["sales.subscription"]
        subscriptions.check_access("read")
        sortings = self._get_subscription_sortings()
        filters = self._get_subscription_filters()
        sortby = sortby if sortby in sortings else "next"
        filterby = filterby if filterby in filters else "all"
        domain = self._get_subscriptions_domain() + filters[filterby]["domain"]
        pager = portal_pager(
            url="/my/subscriptions",
            total=subscriptions.search_count(domain),
            page=page,
            step=self._items_per_page,
            url_args={"sortby": sortby, "filterby": filterby},
        )
        found = subscriptions.search(
            domain,
            order=sortings[sortby]["order"],
            limit=self._items_per_page,
            offset=pager["offset"],
        )
        request.session["my_subscriptions_history"] = found.ids[:100]
        values = {
            **self._prepare_portal_layout_values(),
            # sudo: names of plans and contacts; the search above was the customer's.
            "subscriptions": found.sudo(),
            "page_name": "subscription",
            "pager": pager,
            "default_url": "/my/subscriptions",
            "searchbar_sortings": sortings,
            "sortby": sortby,
            "searchbar_filters": filters,
            "filterby": filterby,
        }
        return request.render("sales_subscription_plus.portal_my_subscriptions", values)

    @http.route(
        ["/my/subscriptions/<int:subscription_id>"],
        type="http",
        auth="public",
        website=True,
    )
    def portal_subscription_page(self, subscription_id, access_token=None, **kwargs):
        """Show one subscription to its customer, or to whom the link was given."""
        try:
            subscription = self._document_check_access(
                "sales.subscription", subscription_id, access_token=access_token
            )
        except (AccessError, MissingError):
            return request.redirect("/my")
        action = request.env.ref("sales_subscription_plus.sales_subscription_action")
        values = self._get_page_view_values(
            subscription,
            access_token,
            {
                "subscription": subscription,
                "page_name": "subscription",
                "backend_url": f"/odoo/action-{action.id}/{subscription.id}",
                "res_company": subscription.company_id,
                # sudo: the customer has no rights on plans; the access is checked.
                "may": subscription.sudo()._get_self_service(),
                "error": request.session.pop("subscription_error", None),
                "message": kwargs.get("message"),
            },
            "my_subscriptions_history",
            False,
            **kwargs,
        )
        return request.render(
            "sales_subscription_plus.subscription_portal_template", values
        )
