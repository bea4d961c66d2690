from odoo import http

from .portal_selfservice import SubscriptionSelfService, to_int


class SubscriptionPayment(SubscriptionSelfService):
    """The customer chooses which of his saved payment methods is charged."""

    @http.route(
        "/my/subscriptions/<int:subscription_id>/payment_method",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def portal_subscription_payment_method(
        self, subscription_id, access_token=None, token_id="", **post
    ):
        """Charge another saved payment method from now on."""

        def do(subscription):
            tokens = subscription._get_customer_tokens()
            chosen = tokens.filtered(lambda one: one.id == to_int(token_id))
            subscription._customer_token(chosen)

        return self._serve_step(subscription_id, access_token, do, "token")
