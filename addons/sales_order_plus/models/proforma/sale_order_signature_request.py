import base64
import hashlib

from odoo import fields, models

from ...exceptions import SignatureError
from .grants import writing_proforma


class SaleOrder(models.Model):
    """Have a quotation signed by an external provider."""

    _inherit = "sale.order"

    signature_request_ids = fields.One2many(
        "sales.signature.request",
        "order_id",
        string="Signature Requests",
        groups="base.group_user",
        help="What was sent to an external provider to be signed.",
    )

    def action_request_signature(self, *, provider: str):
        """Send the quotation to an external provider to be signed.

        :param str provider: code of the provider
        :return: dict with ``reference`` and ``url`` of the provider
        :raise SignatureError: if there is no such provider, or nothing to sign
        """
        self.ensure_one()
        self.check_access("write")
        providers = self.env["sales.signature.provider"]._get_providers()
        if provider not in providers:
            raise SignatureError(
                self.env._(
                    "provider: “%(code)s” is none of %(codes)s. Install its addon, or "
                    "let the customer sign on his page.",
                    code=provider,
                    codes=", ".join(sorted(providers)) or "-",
                ),
                field="provider",
            )
        if not self._has_to_be_signed():
            raise SignatureError(
                self.env._(
                    "Online Signature: %(order)s waits for none. Send a quotation that "
                    "asks for a signature and is still valid.",
                    order=self.display_name,
                ),
                field="require_signature",
            )
        self._cancel_signature_requests()
        request = self.env["sales.signature.request"]._open(self, provider)
        return {"reference": request.reference, "url": request.url}

    def _cancel_signature_requests(self):
        # sudo: see _set.
        for request in self.sudo().signature_request_ids:
            if request.state == "waiting":
                request._set({"state": "outdated"})
                # Before the next one: only one may wait.
                request.flush_recordset(["state"])
                self.env["sales.signature.provider"]._cancel(request.provider, request)

    def _void_signature(self, reason):
        self._cancel_signature_requests()
        return super()._void_signature(reason)

    def _get_signature_checksum(self):
        """Return the checksum of what a signature of this quotation holds for."""
        self.ensure_one()
        content = repr(
            (self._get_signed_revision(), self.sudo()._get_commercial_content())
        )
        return hashlib.sha256(content.encode()).hexdigest()

    def _get_signature_evidence_vals(self):
        """Return how the order was signed: by the request that was signed just now."""
        # sudo: whoever signs, the provider's request is internal.
        request = self.sudo().signature_request_ids.filtered(
            lambda one: one.state == "signed" and not one.signature_id
        )
        if not request:
            return {}
        return {"method": "external", "provider_reference": request[0].reference}


class SalesSignature(models.Model):
    _inherit = "sales.signature"

    def _take_over_document(self, document):
        """Keep the PDF the provider signed instead of the one made here."""
        # sudo: nobody has the right to write evidence; see _record.
        with writing_proforma():
            self.sudo().write(
                {
                    "document_pdf": base64.b64encode(document),
                    "sha256": self._get_sha256(document),
                }
            )
