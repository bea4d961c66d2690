"""Reads the special requests of the customer's form."""

from datetime import date

from odoo.http import request

from ...exceptions import SelfServiceError
from .portal_selfservice import read_number

TEXT_LENGTH = 1000


def read_specials(order, post):
    """Return the special requests a form asks for, as values of change lines.

    :raise SelfServiceError: names the ``field`` of the form
    """
    return [
        {
            "kind": "special",
            "request_type_id": kind.id,
            "request_values": _read_values(kind, post),
        }
        for kind in order._get_special_types()
        if post.get(f"special_{kind.id}")
    ]


def _read_values(kind, post):
    values = {}
    for definition in kind._get_form_definitions():
        name = f"special_{kind.id}_{definition['name']}"
        text = str(post.get(name) or "").strip()
        if definition["type"] == "boolean":
            values[definition["name"]] = bool(text)
        elif text:
            values[definition["name"]] = _read_value(definition, name, text)
    return values


def _read_value(definition, name, text):
    label = definition["string"]
    if definition["type"] in ("integer", "float"):
        number = read_number(text, name, label)
        return round(number) if definition["type"] == "integer" else number
    if definition["type"] == "selection":
        if text not in dict(definition.get("selection") or ()):
            _refuse(name, request.env._("%s: choose one of the list.", label))
        return text
    if definition["type"] == "date":
        return _read_day(name, label, text)
    if len(text) > TEXT_LENGTH:
        message = request.env._(
            "%(field)s: use at most %(number)s characters.",
            field=label,
            number=TEXT_LENGTH,
        )
        _refuse(name, message)
    return text


def _read_day(name, label, text):
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return _refuse(name, request.env._("%s: choose a day.", label))


def _refuse(field, message):
    raise SelfServiceError(message, field=field, rule="value")
