from odoo import http
from odoo.http import request

from .portal_selfservice import SubscriptionSelfService


class SubscriptionCare(SubscriptionSelfService):
    """How the customer wants to be delivered."""

    @http.route(
        "/my/subscriptions/<int:subscription_id>/delivery",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
        sitemap=False,
    )
    def portal_subscription_delivery(self, subscription_id, access_token=None, **post):
        """Show the customer's wishes, or take them over."""
        if request.httprequest.method == "POST":

            def do(subscription):
                subscription._customer_delivery(post)

            return self._serve_step(subscription_id, access_token, do, "delivery")
        subscription = self._get_own_subscription(subscription_id, access_token)
        if not subscription:
            return request.redirect("/my")
        return self._render_step("portal_subscription_delivery", subscription, {})
