import binascii

from odoo import http
from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.fields import Command, Domain
from odoo.http import request

from odoo.addons.payment.controllers.portal import PaymentPortal
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ...exceptions import ProformaError

PER_PAGE = 20


class ProformaPortal(CustomerPortal):
    """The customer's proformas: list, page, PDF and signature."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        proformas = request.env["sales.proforma"]
        if "proforma_count" in counters:
            readable = proformas.has_access("read")
            domain = self._get_proforma_domain("all")
            values["proforma_count"] = (
                proformas.search_count(domain, limit=1) if readable else 0
            )
        return values

    def _get_proforma_domain(self, filterby):
        """Return the domain of the customer's own; staff do not see all here."""
        partner = request.env.user.partner_id.commercial_partner_id
        domain = Domain("partner_id", "child_of", partner.id)
        if filterby == "all":
            return domain & Domain("state", "!=", "draft")
        return domain & Domain("state", "=", filterby)

    def _get_proforma_sortings(self):
        return {
            "date": {"label": request.env._("Date"), "order": "date desc, id desc"},
            "name": {"label": request.env._("Number"), "order": "name desc"},
            "amount": {"label": request.env._("Amount"), "order": "amount_total desc"},
        }

    def _get_proforma_filters(self):
        return {
            "all": {"label": request.env._("All")},
            "issued": {"label": request.env._("To be paid")},
            "paid": {"label": request.env._("Paid")},
            "cancelled": {"label": request.env._("Withdrawn")},
        }

    @http.route(
        ["/my/proformas", "/my/proformas/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_proformas(self, page=1, sortby="date", filterby="all", **kwargs):
        """Show the list; unknown values of the address are taken as the usual ones."""
        sortings, filters = self._get_proforma_sortings(), self._get_proforma_filters()
        sortby = sortby if sortby in sortings else "date"
        filterby = filterby if filterby in filters else "all"
        proformas = request.env["sales.proforma"]
        domain = self._get_proforma_domain(filterby)
        pager = portal_pager(
            url="/my/proformas",
            total=proformas.search_count(domain),
            page=page,
            step=PER_PAGE,
            url_args={"sortby": sortby, "filterby": filterby},
        )
        found = proformas.search(
            domain,
            order=sortings[sortby]["order"],
            limit=PER_PAGE,
            offset=pager["offset"],
        )
        request.session["my_proformas_history"] = found.ids[:100]
        values = {
            **self._prepare_portal_layout_values(),
            "proformas": found.sudo(),
            "page_name": "proforma",
            "pager": pager,
            "default_url": "/my/proformas",
            "searchbar_sortings": sortings,
            "searchbar_filters": filters,
            "sortby": sortby,
            "filterby": filterby,
        }
        return request.render("sales_order_plus.portal_my_proformas", values)

    def _get_proforma(self, proforma_id, access_token):
        """Return the proforma in sudo, of its customer or with its token.

        :raise MissingError: for a draft too: it is not the customer's yet
        """
        proforma = self._document_check_access(
            "sales.proforma", proforma_id, access_token=access_token
        )
        if proforma.state == "draft":
            raise MissingError(request.env._("This document does not exist."))
        return proforma

    @http.route(
        "/my/proformas/<int:proforma_id>", type="http", auth="public", website=True
    )
    def portal_proforma(
        self, proforma_id, access_token=None, report_type=None, download=False, **kwargs
    ):
        """Show one proforma, or give its PDF."""
        try:
            proforma = self._get_proforma(proforma_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        if report_type in ("html", "pdf"):
            return self._show_report(
                model=proforma,
                report_type=report_type,
                report_ref="sales_order_plus.action_report_proforma",
                download=download,
            )
        return request.render(
            "sales_order_plus.portal_proforma",
            self._prepare_proforma_values(proforma, access_token, **kwargs),
        )

    def _prepare_proforma_values(self, proforma, access_token, **kwargs):
        values = {
            "proforma": proforma,
            "document": proforma._get_trade_document("proforma"),
            "page_name": "proforma",
            "message": kwargs.get("message"),
            "res_company": proforma.company_id,
            "can_be_paid": proforma._can_be_paid(),
            "backend_url": f"/odoo/proformas/{proforma.id}",
        }
        if values["can_be_paid"]:
            values.update(self._get_proforma_payment_values(proforma, access_token))
        return self._get_page_view_values(
            proforma, access_token, values, "my_proformas_history", False, **kwargs
        )

    def _get_proforma_payment_values(self, proforma, access_token):
        """Return what Odoo's payment form wants, for the amount that is open."""
        logged_in = not request.env.user._is_public()
        partner = request.env.user.partner_id if logged_in else proforma.partner_id
        amount, currency = proforma._get_residual(), proforma.currency_id
        report = {}
        # sudo: providers, methods and tokens are not the customer's to read.
        providers = (
            request.env["payment.provider"]
            .sudo()
            ._get_compatible_providers(
                proforma.company_id.id,
                partner.id,
                amount,
                currency_id=currency.id,
                sale_order_id=proforma.order_id.id,
                report=report,
            )
        )
        methods = (
            request.env["payment.method"]
            .sudo()
            ._get_compatible_payment_methods(
                providers.ids,
                partner.id,
                currency_id=currency.id,
                sale_order_id=proforma.order_id.id,
                report=report,
            )
        )
        tokens = (
            request.env["payment.token"]
            .sudo()
            ._get_available_tokens(providers.ids, partner.id)
        )
        mismatch = not PaymentPortal._can_partner_pay_in_company(
            partner, proforma.company_id
        )
        return {
            "company_mismatch": mismatch,
            "expected_company": proforma.company_id,
            "show_tokenize_input_mapping": (
                PaymentPortal._compute_show_tokenize_input_mapping(
                    providers, sale_order_id=proforma.order_id.id
                )
            ),
            "amount": amount,
            "currency": currency,
            "partner_id": partner.id,
            "providers_sudo": providers,
            "payment_methods_sudo": methods,
            "tokens_sudo": tokens,
            "availability_report": report,
            "transaction_route": proforma.get_portal_url(suffix="/transaction"),
            "landing_route": proforma.get_portal_url(query_string="&message=paid"),
            "access_token": proforma._portal_ensure_token(),
        }

    @http.route(
        "/my/proformas/<int:proforma_id>/accept",
        type="jsonrpc",
        auth="public",
        website=True,
    )
    def portal_proforma_accept(
        self, proforma_id, access_token=None, name=None, signature=None
    ):
        """Take the customer's signature.

        :return: dict with ``redirect_url``, or with ``error``
        """
        access_token = access_token or request.httprequest.args.get("access_token")
        try:
            proforma = self._get_proforma(proforma_id, access_token)
            with request.env.cr.savepoint():
                proforma.with_user(request.env.user).sudo()._sign(name, signature)
        except (AccessError, MissingError):
            return {"error": request.env._("Invalid proforma.")}
        except ProformaError as error:
            return {"error": str(error)}
        except (TypeError, ValueError, binascii.Error):
            return {"error": request.env._("Invalid signature data.")}
        return {
            "force_refresh": True,
            "redirect_url": proforma.get_portal_url(query_string="&message=signed"),
        }


class ProformaPaymentPortal(PaymentPortal):
    """Paying a proforma is paying its order: Odoo's own payment flow does it."""

    @http.route(
        "/my/proformas/<int:proforma_id>/transaction", type="jsonrpc", auth="public"
    )
    def portal_proforma_transaction(self, proforma_id, access_token, **kwargs):
        """Create a draft transaction and return its processing values.

        The amount is the one that is open, whatever the page sends.

        :return: the values the payment form goes on with
        :raise ValidationError: if the token is wrong
        :raise ProformaError: if it cannot be paid
        """
        try:
            proforma = self._document_check_access(
                "sales.proforma", proforma_id, access_token
            )
        except AccessError as error:
            raise ValidationError(
                request.env._("The access token is invalid.")
            ) from error
        proforma.order_id._lock_for_proforma()
        proforma._check_can_be_paid()
        logged_in = not request.env.user._is_public()
        partner = request.env.user.partner_id if logged_in else proforma.partner_id
        self._validate_transaction_kwargs(kwargs)
        kwargs.update(
            amount=proforma._get_residual(),
            currency_id=proforma.currency_id.id,
            partner_id=partner.id,
            sale_order_id=proforma.order_id.id,
        )
        transaction = self._create_transaction(
            custom_create_values={
                "sale_order_ids": [Command.set(proforma.order_id.ids)],
                "proforma_id": proforma.id,
            },
            **kwargs,
        )
        return transaction._get_processing_values()
