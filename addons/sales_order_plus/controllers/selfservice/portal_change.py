from odoo import http
from odoo.http import request

from ...exceptions import SelfServiceError
from .change_form import read_changes, write_time
from .portal_selfservice import SelfServiceForm, SelfServicePortal, read_note


class ChangePortal(SelfServicePortal):
    """A customer changes his confirmed order, within what the policy allows."""

    @http.route(
        "/my/orders/<int:order_id>/change",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
        sitemap=False,
    )
    def portal_order_change(self, order_id, access_token=None, **post):
        """Show the form (GET), what a change means, or take it (POST, ``step``)."""
        return self._serve_form(CHANGE, order_id, access_token, post)

    @http.route(
        "/my/orders/<int:order_id>/change/<any(preview,submit):step>",
        type="jsonrpc",
        auth="public",
        website=True,
    )
    def portal_order_change_data(
        self, order_id, step, access_token=None, changes=None, note="", **kwargs
    ):
        """For programs: what changes mean, or ask for them.

        ``changes`` has the names of the form: ``quantity_<line id>``,
        ``requested_date`` and so on.
        """

        def read(order):
            return read_wish(order, {**(changes or {}), "note": note})

        return self._serve_data(CHANGE, order_id, access_token, read, step)


def prepare(order):
    kinds = order._get_form_kinds()
    return {
        "window": order._get_change_window(),
        "kinds": kinds,
        "lines": order._get_changeable_lines() if "quantity" in kinds else [],
        "addresses": {
            kind: order._get_change_addresses(kind)
            for kind in ("delivery_address", "invoice_address")
            if kind in kinds
        },
        "hours": [
            write_time(order[name])
            for name in ("requested_window_from", "requested_window_to")
        ],
        "priorities": order._get_priority_choices() if "priority" in kinds else {},
        "slots": order._get_free_slots() if "date" in kinds else {},
        "methods": order._get_change_methods() if "payment_method" in kinds else [],
        "specials": order._get_special_types() if "special" in kinds else [],
    }


def read_wish(order, post):
    """Return ``(changes, note)`` of what a form says.

    :raise SelfServiceError: if nothing of the order would change
    """
    rows = read_changes(order, post)
    if not rows:
        raise SelfServiceError(
            request.env._(
                "Nothing is different yet: change what you want, then go on."
            ),
            field="changes",
            rule="empty",
        )
    return rows, read_note(post)


def preview(order, wish):
    rows, note = wish
    return order._preview_portal_change(rows, note)


def submit(order, wish, post):
    rows, note = wish
    return order._request_change_as_customer(rows, note)


CHANGE = SelfServiceForm(
    topic="change",
    path="change",
    template="sales_order_plus.portal_order_change",
    message="change_sent",
    prepare=prepare,
    read=read_wish,
    preview=preview,
    submit=submit,
)
