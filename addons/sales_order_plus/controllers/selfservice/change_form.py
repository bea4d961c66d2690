"""Reads the customer's form for changes; it says nothing that is not looked up."""

from datetime import date

from odoo.http import request

from ...exceptions import SelfServiceError
from ..quotation.quotation_portal import _to_int
from ..shipping.portal_address import read_time
from .portal_selfservice import read_number
from .special_form import read_specials

INSTRUCTIONS_LENGTH = 1000  # as the delivery instructions of an order
ADDRESS_FIELDS = {
    "delivery_address": "partner_shipping_id",
    "invoice_address": "partner_invoice_id",
}


def read_changes(order, post):
    """Return the changes a form asks for, as values of change lines.

    What equals the order as it is, is no change; what the policy does not offer to
    customers is not read at all.

    :raise SelfServiceError: names the ``field`` of the form
    """
    kinds = order._get_form_kinds()
    rows = []
    if "quantity" in kinds:
        rows += _read_quantities(order, post, "remove" in kinds)
    readers = {
        "date": _read_date,
        "delivery_address": _read_address,
        "invoice_address": _read_address,
        "payment_method": _read_method,
        "priority": _read_priority,
        "instructions": _read_instructions,
    }
    for kind, reader in readers.items():
        if kind in kinds and (vals := reader(order, post, kind)):
            rows.append({"kind": kind, **vals})
    if "special" in kinds:
        rows += read_specials(order, post)
    return rows


def write_time(hour):
    """Return 13.5 as 13:30, for a field of a form; nothing for no hour."""
    minutes = round((hour or 0) * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}" if minutes else ""


def _refuse(field, rule, message):
    raise SelfServiceError(message, field=field, rule=rule)


def _read_quantities(order, post, may_remove):
    """Return the changed quantities; those of other orders' lines are refused."""
    lines = {line.id: line for line in order._get_changeable_lines()}
    rows = []
    for name, text in post.items():
        if not name.startswith("quantity_") or not str(text).strip():
            continue
        line = lines.get(_to_int(name.removeprefix("quantity_")))
        if line is None:
            _refuse(
                name,
                "other_order",
                request.env._("Quantity: this is no line of the order."),
            )
        quantity = read_number(text, name, line.product_id.display_name)
        if not line.product_uom_id.compare(quantity, line.product_uom_qty):
            continue
        if not quantity and may_remove:
            rows.append({"kind": "remove", "line_id": line.id})
        else:
            rows.append({"kind": "quantity", "line_id": line.id, "quantity": quantity})
    return rows


def _read_date(order, post, _kind):
    if post.get("slot"):
        return _read_slot(order, post["slot"])
    text = (post.get("requested_date") or "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        _refuse("requested_date", "date", request.env._("Delivery day: choose a day."))
    start, end = (_read_hour(post, name) for name in ("window_from", "window_to"))
    if end and start >= end:
        _refuse(
            "window_to",
            "window",
            request.env._("Delivery hours: the first must be earlier than the second."),
        )
    vals = {"requested_date": day, "window_from": start, "window_to": end}
    known = (
        order.requested_date,
        order.requested_window_from,
        order.requested_window_to,
    )
    return vals if (day, start, end) != known else None


def _read_slot(order, value):
    """Return day and hours of one of the slots that the form offers."""
    if value not in order._get_free_slots():
        _refuse("slot", "slot", request.env._("Delivery: choose one of the list."))
    day, slot_id = value.split("/")
    return {"requested_date": day, "slot_id": int(slot_id)}


def _read_method(order, post, kind):
    id_ = _to_int(post.get(kind))
    # sudo: how it is paid is not shown elsewhere; it is compared only.
    if not id_ or id_ == order.sudo().preferred_payment_method_line_id.id:
        return None
    if id_ not in order._get_change_methods().ids:
        _refuse(kind, "method", request.env._("Payment: choose one of the list."))
    return {"payment_method_line_id": id_}


def _read_hour(post, name):
    text = (post.get(name) or "").strip()
    hour = read_time(text) if text else 0.0
    if hour is None:
        _refuse(name, "time", request.env._("Delivery hours: enter a time as 13:30."))
    return hour


def _read_address(order, post, kind):
    id_ = _to_int(post.get(kind))
    if not id_ or id_ == order[ADDRESS_FIELDS[kind]].id:
        return None
    if id_ not in order._get_change_addresses(kind).ids:
        _refuse(kind, "address", request.env._("Address: choose one of the list."))
    return {"partner_id": id_}


def _read_priority(order, post, kind):
    value = post.get(kind)
    if not value or value == order.order_priority:
        return None
    if value not in order._get_priority_choices():
        _refuse(kind, "priority", request.env._("Priority: choose one of the list."))
    return {"order_priority": value}


def _read_instructions(order, post, kind):
    if kind not in post:
        return None
    text = (post.get(kind) or "").strip()
    if len(text) > INSTRUCTIONS_LENGTH:
        _refuse(
            kind,
            "length",
            request.env._(
                "Delivery instructions: use at most %s characters.", INSTRUCTIONS_LENGTH
            ),
        )
    same = text == (order.delivery_instructions or "").strip()
    return None if same else {"text": text}
