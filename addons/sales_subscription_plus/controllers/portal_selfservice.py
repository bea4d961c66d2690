from odoo import fields, http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..tools import ics

FEED_DATES = 12


def to_int(text):
    """Return what a field of the form names, 0 for nonsense."""
    return int(text) if str(text or "").isdecimal() else 0


def to_float(text):
    try:
        return float(str(text or "").replace(",", "."))
    except ValueError:
        return 0.0


class SubscriptionSelfService(CustomerPortal):
    """What customers do with their subscriptions: one page a step, POST to do it."""

    def _get_own_subscription(self, subscription_id, access_token):
        """Return the subscription to work on in the customer's stead, or None."""
        try:
            return self._document_check_access(
                "sales.subscription", subscription_id, access_token=access_token
            ).sudo()
        except (AccessError, MissingError):
            return None

    def _redirect_to_subscription(self, subscription, **message):
        query = "".join(f"&{key}={value}" for key, value in message.items())
        return request.redirect(f"{subscription.get_portal_url()}{query}")

    def _serve_step(self, subscription_id, access_token, step, message):
        """Do ``step`` and go back to the page, with what went wrong if it did.

        The wrong steps of a customer end on his page, never on an error.
        """
        subscription = self._get_own_subscription(subscription_id, access_token)
        if not subscription:
            return request.redirect("/my")
        try:
            with request.env.cr.savepoint():
                step(subscription)
        except UserError as error:
            request.session["subscription_error"] = str(error)
            return self._redirect_to_subscription(subscription)
        return self._redirect_to_subscription(subscription, message=message)

    @http.route(
        "/my/subscriptions/<int:subscription_id>/<any(pause,resume,skip,undo):step>",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def portal_subscription_step(
        self, subscription_id, step, access_token=None, until="", **post
    ):
        """Pause, resume, leave the next period out, or undo a cancellation."""

        def do(subscription):
            if step == "pause":
                subscription._customer_pause(subscription._to_date(until))
            elif step == "resume":
                subscription._customer_resume()
            elif step == "skip":
                subscription._customer_skip()
            else:
                subscription._customer_undo_cancel()

        return self._serve_step(subscription_id, access_token, do, step)

    @http.route(
        "/my/subscriptions/<int:subscription_id>/change",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def portal_subscription_change(
        self, subscription_id, access_token=None, confirm="", **post
    ):
        """Show what another quantity or plan costs; with ``confirm``, change it."""
        if confirm:

            def do(subscription):
                self._prepare_change(subscription, post).action_confirm()

            return self._serve_step(subscription_id, access_token, do, "change")
        subscription = self._get_own_subscription(subscription_id, access_token)
        if not subscription:
            return request.redirect("/my")
        try:
            with request.env.cr.savepoint():
                change = self._prepare_change(subscription, post)
                preview, title = change.preview(), change.display_name
                change.unlink()
        except UserError as error:
            request.session["subscription_error"] = str(error)
            return self._redirect_to_subscription(subscription)
        preview["date"] = fields.Date.to_date(preview["date"])
        values = {"preview": preview, "title": title, "post": post}
        return self._render_step("portal_subscription_change", subscription, values)

    def _prepare_change(self, subscription, post):
        if "plan_id" in post:
            plan = subscription.plan_id._get_switch_plans().filtered(
                lambda one: one.id == to_int(post["plan_id"])
            )
            return subscription._prepare_customer_plan(plan)
        line = subscription.line_ids.filtered(
            lambda one: one.id == to_int(post.get("line_id"))
        )
        return subscription._prepare_customer_quantity(
            line, to_float(post.get("quantity"))
        )

    @http.route(
        "/my/subscriptions/<int:subscription_id>/cancel",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
        sitemap=False,
    )
    def portal_subscription_cancel(
        self,
        subscription_id,
        access_token=None,
        reason_id="",
        note="",
        offer_id="",
        step="",
        **post,
    ):
        """Ask for the reason, make an offer to stay, then cancel or keep it."""
        subscription = self._get_own_subscription(subscription_id, access_token)
        if not subscription:
            return request.redirect("/my")
        reasons = subscription._get_customer_cancel_reasons()
        reason = reasons.filtered(lambda one: one.id == to_int(reason_id))
        if request.httprequest.method == "POST" and step in ("leave", "stay"):

            def do(found):
                if step == "leave":
                    found._customer_cancel(reason, note)
                else:
                    offers = found.env["sales.subscription.offer"]
                    found._customer_stay(offers.browse(to_int(offer_id)), reason, note)

            message = "cancel" if step == "leave" else "stay"
            return self._serve_step(subscription_id, access_token, do, message)
        values = {"reasons": reasons, "reason": reason, "note": note, "offer": None}
        if request.httprequest.method == "POST":
            try:
                subscription._check_cancel_reason(reason, note)
                values["offer"] = subscription._get_retention_offer(reason)
            except UserError as error:
                values.update(error=str(error), reason=None)
        if "cancel" not in subscription._get_self_service():
            return self._redirect_to_subscription(subscription)
        day = subscription._get_cancel_day("period_end")
        values["day"] = day
        return self._render_step("portal_subscription_cancel", subscription, values)

    def _render_step(self, template, subscription, values):
        return request.render(
            f"sales_subscription_plus.{template}",
            {
                "subscription": subscription,
                "page_name": "subscription",
                "access_token": request.params.get("access_token"),
                **values,
            },
        )

    @http.route(
        "/my/subscriptions/<int:subscription_id>/coupon",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def portal_subscription_coupon(
        self, subscription_id, access_token=None, code="", **post
    ):
        """Redeem a coupon on the next periods."""

        def do(subscription):
            subscription._customer_coupon(code)

        return self._serve_step(subscription_id, access_token, do, "coupon")

    @http.route(
        "/my/subscriptions/<int:subscription_id>/calendar.ics",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        readonly=True,
    )
    def portal_subscription_calendar(
        self, subscription_id, access_token=None, **kwargs
    ):
        """The next dates as a calendar that programs subscribe to."""
        subscription = self._get_own_subscription(subscription_id, access_token)
        if not subscription:
            return request.not_found()
        events = [
            {
                "uid": f"{start:%Y%m%d}-{subscription.id}@{request.env.cr.dbname}",
                "day": day,
                "summary": f"{subscription.name}: {subscription.plan_id.name}",
                "text": ", ".join(subscription.line_ids.mapped("product_id.name")),
            }
            for start, _end, day in subscription._get_next_dates(FEED_DATES)
        ]
        now = fields.Datetime.now()
        headers = [
            ("Content-Type", "text/calendar; charset=utf-8"),
            ("Content-Disposition", 'attachment; filename="calendar.ics"'),
        ]
        feed = ics.build_feed(subscription.name, now, events)
        return request.make_response(feed, headers=headers)
