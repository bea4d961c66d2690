from dataclasses import replace

from odoo import http
from odoo.http import request

from ...exceptions import SelfServiceError
from ..quotation.quotation_portal import _to_int
from .portal_selfservice import (
    SelfServiceForm,
    SelfServicePortal,
    read_note,
    read_quantities,
)


class CancelPortal(SelfServicePortal):
    """A customer cancels his order, or part of it, and sees first what it costs."""

    @http.route(
        "/my/orders/<int:order_id>/cancel",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
        sitemap=False,
    )
    def portal_order_cancel(self, order_id, access_token=None, **post):
        """Show the form (GET), fee, refund and offer, or take it (POST, ``step``)."""
        if post.get("step") == "keep":
            kept = {**post, "step": "submit"}
            # He takes an offer, not the figures that were shown beside it.
            kept.pop("shown", None)
            return self._serve_form(KEEP, order_id, access_token, kept)
        return self._serve_form(CANCEL, order_id, access_token, post)

    @http.route(
        "/my/orders/<int:order_id>/cancel/<any(preview,submit,keep):step>",
        type="jsonrpc",
        auth="public",
        website=True,
    )
    def portal_order_cancel_data(
        self,
        order_id,
        step,
        access_token=None,
        quantities=None,
        reason_id=None,
        note="",
        **kwargs,
    ):
        """For programs: what cancelling costs, ask for it, or take the offer.

        ``quantities`` is {order line id: quantity}; without it the whole order.
        """

        def read(order):
            fields = {
                f"quantity_{id_}": value for id_, value in (quantities or {}).items()
            }
            scope = "all" if quantities is None else "lines"
            return read_wish(
                order, {**fields, "scope": scope, "reason_id": reason_id, "note": note}
            )

        form = KEEP if step == "keep" else CANCEL
        step = "submit" if step == "keep" else step
        return self._serve_data(form, order_id, access_token, read, step)


def prepare(order):
    quantities = order._get_cancellable_quantities()
    return {
        "window": order._get_cancel_window(),
        "quantities": quantities,
        "lines": order.order_line.filtered(lambda line: line.id in quantities),
        "reasons": order._get_customer_cancel_reasons(),
    }


def read_wish(order, post):
    """Return ``(quantities, reason, note)``; no quantities: the whole order.

    :raise SelfServiceError: names the ``field`` of the form
    """
    reasons = order._get_customer_cancel_reasons()
    id_ = _to_int(post.get("reason_id"))
    reason = reasons.filtered(lambda one: one.id == id_)
    if not reason:
        raise SelfServiceError(
            request.env._("Reason: choose why you cancel."),
            field="reason_id",
            rule="required",
        )
    note = read_note(post)
    if reason.requires_note and not note:
        raise SelfServiceError(
            request.env._("Message: say a few words more about this reason."),
            field="note",
            rule="required",
        )
    return read_scope(order, post), reason, note


def read_scope(order, post):
    if post.get("scope") != "lines":
        return None
    known = order._get_cancellable_quantities()
    quantities = read_quantities(order, post, known)
    if not quantities:
        raise SelfServiceError(
            request.env._("Quantity: say how many of which goods you cancel."),
            field="quantities",
            rule="empty",
        )
    return quantities


def preview(order, wish):
    _quantities, reason, _note = wish
    shown = order._preview_portal_cancellation(*wish)
    return {**shown, "offer": order._show_offer_to_customer(reason)}


def submit(order, wish, post):
    return order._request_cancellation_as_customer(*wish)


def keep(order, wish, post):
    return order._keep_as_customer(*wish)


CANCEL = SelfServiceForm(
    topic="cancel",
    path="cancel",
    template="sales_order_plus.portal_order_cancel",
    message="cancel_sent",
    prepare=prepare,
    read=read_wish,
    preview=preview,
    submit=submit,
)
KEEP = replace(CANCEL, message="order_kept", submit=keep)
