import math
from dataclasses import dataclass
from typing import Any

from odoo.exceptions import UserError
from odoo.http import request

from ...exceptions import SelfServiceError
from ..quotation.quotation_portal import QuotationPortal

MAX_NOTE = 2000
MAX_QUANTITY = 10**9


@dataclass(frozen=True)
class SelfServiceForm:
    """A page on which a customer asks for something: filled in, looked at, sent.

    ``read(order, post)`` makes a wish of what the browser sent and looks everything up
    in the order; ``preview(order, wish)`` says what it would bring and keeps nothing;
    ``submit(order, wish, post)`` asks for it and returns the record.
    """

    topic: str
    path: str
    template: str
    message: str
    prepare: Any
    read: Any
    preview: Any
    submit: Any


class SelfServicePortal(QuotationPortal):
    """What the pages on which customers change, cancel and return have in common.

    Each takes the order from ``_document_check_access`` and nothing from the browser
    but texts, and numbers that are looked up inside that order.
    """

    # === Filled in, looked at, sent === #

    def _serve_form(self, form, order_id, access_token, post):
        """Answer a request for one of the forms."""
        order = self._get_order(order_id, access_token)
        if not order:
            return request.redirect("/my")
        values = self._prepare_page_values(order, access_token, form)
        step = post.get("step")
        if request.httprequest.method != "POST" or not values["window"]["open"]:
            return request.render(form.template, values)
        values["typed"] = {k: v for k, v in post.items() if isinstance(v, str)}
        if step in ("preview", "submit"):
            done, error = self._take_step(form, order, post, step)
            if done and step == "submit":
                return self._redirect_to_requests(order, form.message)
            values |= self._prepare_step_values(done, error)
        return request.render(form.template, values)

    def _take_step(self, form, order, post, step):
        """Do one step; return ``(result, error)``."""
        _count, error = try_it(self._count_attempt, order, step)
        if error:
            return None, error
        act = self._preview if step == "preview" else self._submit
        return try_it(act, form, order, post)

    def _preview(self, form, order, post):
        return form.preview(order, form.read(order, post))

    def _submit(self, form, order, post):
        """Ask for it, unless it is not what was shown to the customer any more."""
        wish = form.read(order, post)
        shown = post.get("shown")
        if shown is not None and shown != form.preview(order, wish)["shown"]:
            raise SelfServiceError(
                request.env._(
                    "Something changed since you looked at it. Here are the new "
                    "figures: look at them again before you send."
                ),
                field="shown",
                rule="shown",
            )
        return form.submit(order, wish, post)

    def _prepare_step_values(self, preview, error):
        if not error:
            return {"preview": preview}
        text, field = get_refusal(error)
        return {"error": text, "error_field": field}

    # === For programs === #

    def _serve_data(self, form, order_id, access_token, wish_of, step, note=""):
        """Answer a program: what a wish would bring, or what came of it."""
        order = self._get_order(order_id, access_token)
        if not order:
            message = request.env._("There is no such order that you may see.")
            return {"error": {"message": message, "code": "not_found"}}
        _count, error = try_it(self._count_attempt, order, step)
        if not error:
            result, error = try_it(self._act_for_program, form, order, wish_of, step)
        return make_refusal_data(error) if error else result

    def _act_for_program(self, form, order, wish_of, step):
        wish = wish_of(order)
        if step == "preview":
            return form.preview(order, wish)
        return form.submit(order, wish, {})._prepare_customer_request()

    # === Parts === #

    def _count_attempt(self, order, step):
        request.env["sales.portal.attempt"].with_env(order.env)._count(order, step)

    def _prepare_page_values(self, order, access_token, form):
        """Return what such a page shows before anything is typed."""
        return {
            **self._prepare_portal_layout_values(),
            "sale_order": order,
            "access_token": access_token,
            "form_url": order.get_portal_url(suffix=f"/{form.path}"),
            "page_name": "self_service",
            "res_company": order.company_id,
            "help_articles": self._get_help(order, form.topic),
            "typed": {},
            "error": "",
            "error_field": "",
            "preview": None,
            **form.prepare(order),
        }

    def _get_help(self, order, topic):
        articles = request.env["sales.help.article"].with_env(order.env)
        return articles._get_for_page(topic, order.company_id)

    def _redirect_to_requests(self, order, message):
        url = order.get_portal_url(
            query_string=f"&message={message}", anchor="sales_requests"
        )
        return request.redirect(url)


def read_note(post, name="note"):
    """Return a text the customer typed.

    :raise SelfServiceError: if it is too long
    """
    note = (post.get(name) or "").strip()
    if len(note) > MAX_NOTE:
        raise SelfServiceError(
            request.env._(
                "Message: it is longer than %s characters. Shorten it.", MAX_NOTE
            ),
            field=name,
            rule="length",
        )
    return note


def read_number(text, name, label):
    """Return a quantity the customer typed, with point or comma.

    :raise SelfServiceError: if it is no number from 0 on
    """
    try:
        number = float(str(text).strip().replace(",", "."))
    except ValueError:
        number = -1
    if not math.isfinite(number) or not 0 <= number <= MAX_QUANTITY:
        raise SelfServiceError(
            request.env._(
                "%(product)s: “%(text)s” is no quantity. Enter a number, such as 3.",
                product=label,
                text=str(text)[:40],
            ),
            field=name,
            rule="number",
        )
    return number


def read_quantities(order, post, known):
    """Return {id: quantity} of the fields ``quantity_<id>`` that are not empty or 0.

    :param dict known: {id of an order line: at most so many}
    :raise SelfServiceError: if one names another line, or is no quantity
    """
    found = {}
    for name, text in post.items():
        if not name.startswith("quantity_") or not str(text).strip():
            continue
        id_ = name.removeprefix("quantity_")
        line = order.order_line.filtered(lambda one, id_=id_: str(one.id) == id_)
        if not line or line.id not in known:
            raise SelfServiceError(
                request.env._("Quantity: this is no open line of the order."),
                field=name,
                rule="other_order",
            )
        if quantity := read_number(text, name, line.product_id.display_name):
            found[line.id] = quantity
    return found


def get_refusal(error):
    """Return ``(text, field)`` of an error for the customer."""
    context = getattr(error, "context", None) or {}
    return str(error), context.get("field") or ""


def make_refusal_data(error):
    """Return an error as a program gets it."""
    text, field = get_refusal(error)
    context = getattr(error, "context", None) or {}
    return {
        "error": {
            "message": text,
            "field": field,
            "rule": context.get("rule") or "",
            "code": getattr(error, "code", "refused"),
        }
    }


def try_it(act, *args):
    """Do something of the customer's; undo what a refusal left half done.

    :return: ``(result, error)``; ``error`` is None if it was done
    """
    try:
        with request.env.cr.savepoint():
            return act(*args), None
    except UserError as error:
        return None, error
