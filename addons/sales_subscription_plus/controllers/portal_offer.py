from odoo import fields, http
from odoo.exceptions import UserError
from odoo.http import request

from .portal_selfservice import SubscriptionSelfService, to_int


class SubscriptionOffers(SubscriptionSelfService):
    """Recommendations, and what we think the customer likes."""

    @http.route(
        "/my/subscriptions/<int:subscription_id>/recommended",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def portal_subscription_recommended(
        self, subscription_id, access_token=None, product_id="", confirm="", **post
    ):
        """Show what a recommended product costs now; with ``confirm``, add it."""
        product_id = to_int(product_id)
        if confirm:

            def do(subscription):
                subscription._customer_recommended(product_id)

            return self._serve_step(subscription_id, access_token, do, "change")
        subscription = self._get_own_subscription(subscription_id, access_token)
        if not subscription:
            return request.redirect("/my")
        try:
            with request.env.cr.savepoint():
                row, change = subscription._prepare_recommended(product_id)
                preview = change.preview()
                change.unlink()
                row.clicked_at = row.clicked_at or fields.Datetime.now()
        except UserError as error:
            request.session["subscription_error"] = str(error)
            return self._redirect_to_subscription(subscription)
        values = {"row": row, "preview": preview}
        return self._render_step(
            "portal_subscription_recommended", subscription, values
        )

    @http.route(
        "/my/subscriptions/<int:subscription_id>/<any(prefer,forget):step>",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def portal_subscription_preference(
        self, subscription_id, step, access_token=None, product_id="", liked="", **post
    ):
        """Take over what the customer says he likes, or erase what we learned."""

        def do(subscription):
            if step == "forget":
                subscription._customer_reset_preferences()
            else:
                subscription._customer_prefer(to_int(product_id), bool(liked))

        return self._serve_step(subscription_id, access_token, do, step)
