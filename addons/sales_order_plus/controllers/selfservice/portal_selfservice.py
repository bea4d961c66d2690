import math

from odoo.exceptions import UserError
from odoo.http import request

from ...exceptions import SelfServiceError
from ..quotation.quotation_portal import QuotationPortal

MAX_NOTE = 2000
MAX_QUANTITY = 10**9


class SelfServicePortal(QuotationPortal):
    """What the pages on which customers change, cancel and return have in common.

    Each takes the order from ``_document_check_access`` and nothing from the browser
    but texts, and numbers that are looked up inside that order.
    """

    def _count_attempt(self, order, step):
        request.env["sales.portal.attempt"].with_env(order.env)._count(order, step)

    def _prepare_page_values(self, order, access_token, topic):
        """Return what every such page shows, for ``topic`` of the help."""
        return {
            **self._prepare_portal_layout_values(),
            "sale_order": order,
            "access_token": access_token,
            "page_name": "self_service",
            "res_company": order.company_id,
            "help_articles": self._get_help(order, topic),
            "typed": {},
            "error": "",
            "error_field": "",
            "preview": None,
        }

    def _get_help(self, order, topic):
        articles = request.env["sales.help.article"]
        return articles._get_for_page(topic, order.company_id)

    def _redirect_to_order(self, order, message, anchor="sales_requests"):
        return request.redirect(
            order.get_portal_url(query_string=f"&message={message}", anchor=anchor)
        )


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


def try_it(act, *args, **kwargs):
    """Do something of the customer's; undo what a refusal left half done.

    :return: ``(result, error)``, one of which is None
    """
    try:
        with request.env.cr.savepoint():
            return act(*args, **kwargs), None
    except UserError as error:
        return None, error
