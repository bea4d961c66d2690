from odoo import http
from odoo.http import request
from odoo.tools.mimetypes import guess_mimetype

from ...exceptions import SelfServiceError
from ..quotation.quotation_portal import _to_int
from .portal_selfservice import (
    SelfServiceForm,
    SelfServicePortal,
    read_note,
    read_quantities,
)

MAX_PHOTOS = 4
MAX_PHOTO = 8 * 1024 * 1024
PHOTO_TYPES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
}


class ReturnPortal(SelfServicePortal):
    """A customer asks to send goods back."""

    @http.route(
        "/my/orders/<int:order_id>/return",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
        sitemap=False,
    )
    def portal_order_return(self, order_id, access_token=None, **post):
        """Show the form (GET), what a return brings, or take it (POST, ``step``)."""
        return self._serve_form(RETURN, order_id, access_token, post)

    @http.route(
        "/my/orders/<int:order_id>/return/<any(preview,submit):step>",
        type="jsonrpc",
        auth="public",
        website=True,
    )
    def portal_order_return_data(
        self,
        order_id,
        step,
        access_token=None,
        quantities=None,
        reason_id=None,
        note="",
        resolution="refund",
        **kwargs,
    ):
        """For programs: what a return brings, or ask for it.

        ``quantities`` is {order line id: quantity}.
        """

        def read(order):
            fields = {
                f"quantity_{id_}": value for id_, value in (quantities or {}).items()
            }
            given = {"reason_id": reason_id, "note": note, "resolution": resolution}
            return read_wish(order, {**fields, **given})

        return self._serve_data(RETURN, order_id, access_token, read, step)


def prepare(order):
    quantities = order._get_returnable_quantities(order._get_return_days())
    return {
        "window": order._get_return_window(),
        "quantities": quantities,
        "lines": order.order_line.filtered(lambda line: line.id in quantities),
        "reasons": order._get_customer_return_reasons(),
        "resolutions": order._get_customer_resolutions(),
        "photo_types": ",".join(PHOTO_TYPES),
        "max_photos": MAX_PHOTOS,
    }


def read_wish(order, post):
    """Return ``(quantities, reason, note, resolution)``.

    :raise SelfServiceError: names the ``field`` of the form
    """
    known = order._get_returnable_quantities(order._get_return_days())
    quantities = read_quantities(order, post, known)
    if not quantities:
        raise SelfServiceError(
            request.env._("Quantity: say how many of which goods you send back."),
            field="quantities",
            rule="empty",
        )
    return quantities, _read_reason(order, post), read_note(post), _read_outcome(post)


def _read_reason(order, post):
    id_ = _to_int(post.get("reason_id"))
    reason = order._get_customer_return_reasons().filtered(lambda one: one.id == id_)
    if not reason:
        raise SelfServiceError(
            request.env._("Reason: choose why you send it back."),
            field="reason_id",
            rule="required",
        )
    if reason.requires_note and not read_note(post):
        raise SelfServiceError(
            request.env._("Message: say a few words more about this reason."),
            field="note",
            rule="required",
        )
    return reason


def _read_outcome(post):
    return str(post.get("resolution") or "refund")


def read_photos(request_files):
    """Return [(name, content)] of the pictures of a form.

    :raise SelfServiceError: if one is no picture, or too large, or there are too many
    """
    files = [file for file in request_files if file and file.filename]
    if len(files) > MAX_PHOTOS:
        _refuse_photo(request.env._("Photos: send at most %s.", MAX_PHOTOS))
    photos = []
    for number, file in enumerate(files, 1):
        # One byte more than allowed is enough to refuse it.
        content = file.read(MAX_PHOTO + 1)
        suffix = PHOTO_TYPES.get(guess_mimetype(content))
        if len(content) > MAX_PHOTO:
            _refuse_photo(request.env._("Photos: one is larger than 8 MB."))
        if not suffix:
            _refuse_photo(
                request.env._("Photos: “%s” is no picture we can open.", file.filename)
            )
        # The name of the customer's file says nothing, and may say anything.
        photos.append((f"photo-{number}.{suffix}", content))
    return photos


def _refuse_photo(message):
    raise SelfServiceError(message, field="photos", rule="photo")


def preview(order, wish):
    quantities, reason, _note, resolution = wish
    return order._preview_portal_return(quantities, reason, resolution)


def submit(order, wish, post):
    photos = read_photos(request.httprequest.files.getlist("photos"))
    record = order._request_return_as_customer(*wish)
    if photos:
        record.sudo().message_post(
            body=request.env._("Photos of the customer"), attachments=photos
        )
    return record


RETURN = SelfServiceForm(
    topic="return",
    path="return",
    template="sales_order_plus.portal_order_return",
    message="return_sent",
    prepare=prepare,
    read=read_wish,
    preview=preview,
    submit=submit,
)
