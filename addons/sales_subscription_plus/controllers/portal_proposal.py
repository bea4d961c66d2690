from odoo import http

from .portal_selfservice import SubscriptionSelfService, to_int


class SubscriptionProposal(SubscriptionSelfService):
    """The customer's answer to what is proposed to him."""

    @http.route(
        "/my/subscriptions/<int:subscription_id>/<any(accept,decline):answer>",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def portal_subscription_answer(
        self, subscription_id, answer, access_token=None, change_id="", **post
    ):
        """Accept or decline a proposal."""

        def do(subscription):
            subscription._customer_answer(to_int(change_id), answer == "accept")

        return self._serve_step(subscription_id, access_token, do, answer)
