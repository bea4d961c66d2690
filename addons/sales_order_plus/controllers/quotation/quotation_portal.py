from contextvars import ContextVar

from odoo import fields, http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request

from odoo.addons.sale.controllers.portal import CustomerPortal

from ...models.cancellation.grants import because
from ...models.seam.granted import granted

# The order whose page is being made; no client can reach it.
_CHECKED = ContextVar("sales_checked_document", default=None)


class QuotationPortal(CustomerPortal):
    """The customer's page of a quotation: visits, answers, revisions.

    Each route takes the order from ``_document_check_access`` and nothing from the
    browser but numbers that are looked up inside that order.
    """

    # === The page itself === #

    @http.route()
    def portal_order_page(
        self, order_id, report_type=None, access_token=None, **kwargs
    ):
        order = self._get_order(order_id, access_token)
        if order:
            order._prepare_customer_page()
            kind = "pdf" if report_type == "pdf" else "web"
            self._record_view(order, access_token, kind)
        checked = order and ("sale.order", order_id, access_token, order)
        with granted(_CHECKED, checked):
            return super().portal_order_page(
                order_id, report_type=report_type, access_token=access_token, **kwargs
            )

    def _document_check_access(self, model_name, document_id, access_token=None):
        """Do not look twice in one call whether the page may be seen."""
        checked = _CHECKED.get()
        if checked and checked[:3] == (model_name, document_id, access_token):
            return checked[3]
        return super()._document_check_access(
            model_name, document_id, access_token=access_token
        )

    def _get_order(self, order_id, access_token):
        """Return the order with the rights of the system, or None."""
        try:
            return self._document_check_access(
                "sale.order", order_id, access_token=access_token
            )
        except (AccessError, MissingError):
            return None

    def _record_view(self, order, access_token, kind):
        """Count the visit, and keep Odoo from writing a note for each hit.

        Odoo remembers in the browser's session that it has written one. Scanners of
        mail servers keep no session, so here the visit itself decides.
        """
        user = request.env.user
        if not user.share:
            return
        if access_token:
            today = fields.Date.today().isoformat()  # the very text Odoo compares with
            request.session[f"view_quote_{order.id}"] = today
        http_request = request.httprequest
        if http_request.method == "HEAD" or http_request.headers.get(
            "Odoo-Link-Preview"
        ):
            return
        partner = user.partner_id
        order._record_view(
            kind=kind,
            address=http_request.remote_addr,
            agent_text=http_request.user_agent.string,
            partner=partner.browse() if user._is_public() else partner,
        )

    # === Answers === #

    @http.route()
    def portal_quote_decline(
        self, order_id, access_token=None, decline_message=None, **kwargs
    ):
        order = self._get_order(order_id, access_token)
        if not order:
            return request.redirect("/my")
        reason = self._get_reason(kwargs.pop("lost_reason_id", None))
        was_open = order.state in ("draft", "sent")
        text = (decline_message or "").strip()
        # sudo: customers have no rights to the reasons.
        env = request.env(su=True)
        why = env.ref("sales_order_plus.cancel_reason_declined", False)
        with because(why, text or reason.name, "portal"):
            response = super().portal_quote_decline(
                order_id,
                access_token=access_token,
                decline_message=text or reason.name,
                **kwargs,
            )
        if was_open and order.state == "cancel":
            order._customer_decline(reason, text, self._get_author(order))
        return response

    def _get_reason(self, text):
        """Return the reason chosen, if it is one that customers may choose."""
        reasons = request.env["crm.lost.reason"].sudo()
        number = _to_int(text)
        domain = [("id", "=", number), ("customer_choice", "=", True)]
        return reasons.search(domain, limit=1) if number else reasons

    def _get_partner(self, order):
        user = request.env.user
        return order.partner_id if user._is_public() else user.partner_id

    def _get_author(self, order):
        return self._get_partner(order).sudo().name or ""

    @http.route(
        "/my/orders/<int:order_id>/question",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_quotation_question(
        self, order_id, access_token=None, question="", **kwargs
    ):
        """Put the customer's question before the salesperson."""

        def ask(order):
            order._customer_ask(
                question, self._get_author(order), self._get_partner(order)
            )

        return self._answer(order_id, access_token, ask, "question_sent")

    def _answer(self, order_id, access_token, act, message):
        """Do what the customer asks for and go back to the page, with what happened."""
        order = self._get_order(order_id, access_token)
        if not order:
            return request.redirect("/my")
        try:
            with request.env.cr.savepoint():
                act(order)
        except UserError as error:
            request.session["quotation_refusal"] = str(error)
            message = "quotation_refused"
        return request.redirect(
            order.get_portal_url(query_string=f"&message={message}")
        )

    def _get_page_view_values(self, document, access_token, values, *args, **kwargs):
        """Give the page of a quotation what our parts of it show."""
        if document._name == "sale.order":
            values = {**values, **self._prepare_quotation_values(document)}
        return super()._get_page_view_values(
            document, access_token, values, *args, **kwargs
        )

    def _prepare_quotation_values(self, order):
        # sudo: customers have no rights to the reasons.
        reasons = request.env["crm.lost.reason"].sudo()
        is_open = order.state in ("draft", "sent")
        return {
            "decline_reasons": is_open and reasons._get_customer_choices(),
            "can_negotiate": is_open and order._can_negotiate(),
            "can_ask": is_open and order.company_id.portal_negotiation,
            "pending_offer": is_open and order._get_pending_offer(),
            "replaced_revisions": order._get_replaced_revisions(),
            "quotation_refusal": request.session.pop("quotation_refusal", ""),
            "timeline": order._get_timeline(customer=True)
            if order.company_id.portal_negotiation
            else [],
        }

    # === Counter-offers === #

    @http.route(
        "/my/orders/<int:order_id>/counter_offer",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
    )
    def portal_counter_offer(self, order_id, access_token=None, **post):
        """Show the form of an offer (GET), or take one (POST)."""
        order = self._get_order(order_id, access_token)
        if not order:
            return request.redirect("/my")
        if request.httprequest.method == "POST":
            return self._take_offer(order, access_token, post)
        if not order._can_negotiate():
            return self._answer(order_id, access_token, _refuse, "quotation_refused")
        values = self._prepare_offer_values(order, access_token)
        return request.render("sales_order_plus.portal_counter_offer", values)

    def _prepare_offer_values(self, order, access_token):
        digits = request.env["decimal.precision"].precision_get("Product Price")
        return {
            **self._prepare_portal_layout_values(),
            "price_format": f"%.{digits}f",
            "sale_order": order,
            "negotiable_lines": order._get_negotiable_lines(),
            "pending_offer": order._get_pending_offer(),
            "page_name": "quote",
            "access_token": access_token,
            "res_company": order.company_id,
        }

    def _take_offer(self, order, access_token, post):
        def make(order):
            request.env["sales.counter.offer"].with_env(order.env)._make(
                order,
                _read_proposals(post),
                message=post.get("message"),
                author=self._get_author(order),
                partner=self._get_partner(order),
            )

        return self._answer(order.id, access_token, make, "offer_sent")

    @http.route(
        "/my/orders/<int:order_id>/counter_offer/withdraw",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_counter_offer_withdraw(self, order_id, access_token=None, **kwargs):
        """Take the pending offer back."""
        return self._answer(
            order_id,
            access_token,
            lambda order: order._close_offers("withdrawn"),
            "offer_withdrawn",
        )

    # === Revisions === #

    @http.route(
        "/my/orders/<int:order_id>/revision/<int:number>",
        type="http",
        auth="public",
        website=True,
    )
    def portal_quotation_revision(
        self, order_id, number, access_token=None, report_type=None, **kwargs
    ):
        """Show an old revision: what it said, what replaced it, and what is different."""
        order = self._get_order(order_id, access_token)
        revision = order and order._get_revision(number)
        if not revision:
            return request.redirect("/my")
        if report_type == "pdf":
            return _make_pdf_response(revision)
        return request.render(
            "sales_order_plus.portal_quotation_revision",
            self._prepare_revision_values(order, revision, access_token),
        )

    def _prepare_revision_values(self, order, revision, access_token):
        current = order._get_shown_revision()
        comparison = {}
        if current and current.number > revision.number:
            difference = order._compare_revisions(revision.number, current.number)
            comparison = order._prepare_comparison_values(difference)
        return {
            **self._prepare_portal_layout_values(),
            **comparison,
            "sale_order": order,
            "revision": revision,
            "current": current,
            "header_labels": order._get_header_labels(),
            "page_name": "quote",
            "access_token": access_token,
            "res_company": order.company_id,
        }


def _to_int(text):
    """Return the number a browser sent, or 0."""
    return int(text) if text and str(text).isdecimal() and len(str(text)) < 10 else 0


def _read_proposals(post):
    """Return the proposals out of fields named ``quantity_<id>`` and ``price_<id>``."""
    return [
        {
            "line_id": _to_int(name.removeprefix("price_")),
            "price_unit": price,
            "quantity": post.get(f"quantity_{name.removeprefix('price_')}"),
        }
        for name, price in post.items()
        if name.startswith("price_")
    ]


def _refuse(order):
    """Say why no offer can be made now."""
    request.env["sales.counter.offer"].with_env(order.env)._check_allowed(order, "")


def _make_pdf_response(revision):
    content = revision._get_document()
    return request.make_response(
        content,
        headers=[
            ("Content-Type", "application/pdf"),
            ("Content-Length", len(content)),
            ("Content-Disposition", content_disposition(f"{revision.name}.pdf")),
        ],
    )
