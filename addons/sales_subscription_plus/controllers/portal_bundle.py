from odoo import http
from odoo.http import request

from .portal_selfservice import SubscriptionSelfService, to_int


class SubscriptionBundle(SubscriptionSelfService):
    """What the customer chooses for his bundle."""

    @http.route(
        "/my/subscriptions/<int:subscription_id>/bundle",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def portal_subscription_bundle(
        self, subscription_id, access_token=None, line_id="", **post
    ):
        """Choose the products of a bundle anew; the plan says how many."""
        chosen = request.httprequest.form.getlist("item_id")

        def do(subscription):
            subscription._customer_choose(
                to_int(line_id), list({to_int(item) for item in chosen})
            )

        return self._serve_step(subscription_id, access_token, do, "bundle")
