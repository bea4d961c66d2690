from odoo import api, fields, models

from ...exceptions import SignatureError
from .grants import is_writing_proforma, writing_proforma


class SalesSignatureProvider(models.AbstractModel):
    """Seam for services that collect electronic signatures; docs/signatures.md.

    A provider is an addon that adds its code to ``_get_providers`` and has two
    methods: ``_send_<code>(request, document)`` and ``_cancel_<code>(request)``. What
    its customer does comes back through :meth:`SalesSignatureRequest._receive_signed`
    and ``_receive_declined``.
    """

    _name = "sales.signature.provider"
    _description = "Electronic Signature Provider"

    @api.model
    def _get_providers(self):
        """Return {code: name} of the providers there are; extended by their addons."""
        return {}

    @api.model
    def _send(self, code, request, document):
        """Have a document signed.

        :param request: the ``sales.signature.request``
        :param bytes document: the PDF to sign
        :return: dict with ``reference`` (of the provider) and ``url`` (to sign at)
        """
        return getattr(self, f"_send_{code}")(request, document)

    @api.model
    def _cancel(self, code, request):
        """Take back what waits for a signature."""
        return getattr(self, f"_cancel_{code}")(request)


class SalesSignatureRequest(models.Model):
    """A quotation that waits for, or has got, a signature from an external provider."""

    _name = "sales.signature.request"
    _inherit = ["sales.presence.mixin"]
    _description = "Request for an Electronic Signature"
    _order = "id desc"
    _rec_name = "reference"

    order_id = fields.Many2one(
        "sale.order",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Quotation to be signed.",
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, precompute=True, help="Its company."
    )
    provider = fields.Char(required=True, readonly=True, help="Code of the provider.")
    reference = fields.Char(
        readonly=True, index="btree_not_null", help="Number at the provider."
    )
    url = fields.Char(readonly=True, help="Where the customer signs.")
    sha256 = fields.Char(readonly=True, help="Checksum of what was sent to be signed.")
    revision = fields.Integer(readonly=True, help="Revision that is to be signed.")
    state = fields.Selection(
        selection=[
            ("waiting", "Waiting"),
            ("signed", "Signed"),
            ("declined", "Declined"),
            ("outdated", "Outdated"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        help="Outdated: the quotation was changed before it was signed.",
    )
    reason = fields.Char(readonly=True, help="Why the customer declined.")
    signature_id = fields.Many2one(
        "sales.signature", readonly=True, help="Evidence of the signature."
    )

    _waiting_uniq = models.UniqueIndex(
        "(order_id) WHERE state = 'waiting'",
        "This quotation waits for a signature already. Cancel that request first.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_own_code()
        return super().create(vals_list)

    def write(self, vals):
        self._check_own_code()
        return super().write(vals)

    def _check_own_code(self):
        if not is_writing_proforma():
            raise SignatureError(
                self.env._(
                    "A request for a signature follows its provider. Use Request "
                    "Signature on the quotation."
                )
            )

    def _set(self, vals):
        # sudo: nobody has the right to write them; this and _open are the only places.
        with writing_proforma():
            self.sudo().write(vals)

    @api.model
    def _open(self, order, provider):
        """Send one quotation to a provider and remember that it waits there."""
        with writing_proforma():
            request = self.sudo().create(
                {
                    "order_id": order.id,
                    "provider": provider,
                    "revision": order._get_signed_revision(),
                    "sha256": order._get_signature_checksum(),
                }
            )
        document = order._get_trade_document(order._signed_kind).to_pdf()
        sent = self.env["sales.signature.provider"]._send(provider, request, document)
        request._set({"reference": sent["reference"], "url": sent.get("url")})
        order._log_event("signature.requested", **request._get_event_data())
        return request

    def _get_event_data(self):
        return {"provider": self.provider, "reference": self.reference or ""}

    # === What the provider tells === #

    def _receive_signed(self, name, signature, document=None):
        """Take the signature over, and confirm as the customer's own page would.

        Called by the provider's addon once it has checked who calls. A second call
        for the same request changes nothing.

        :param str name: who signed
        :param signature: image of the signature, base64
        :param bytes document: the signed PDF, if the provider gives it
        :return: whether the signature counts
        """
        self.ensure_one()
        self.lock_for_update()
        if self.state != "waiting":
            return self.state == "signed"
        if not self._is_current():
            self._set({"state": "outdated"})
            return False
        self._set({"state": "signed"})
        # sudo: the provider acts for the customer, as Odoo's page does.
        order = self.order_id.sudo()
        order.write(
            {
                "signature": signature,
                "signed_by": name,
                "signed_on": fields.Datetime.now(),
            }
        )
        evidence = order.signature_ids.sorted("id")[-1:]
        self._set({"signature_id": evidence.id})
        if document:
            evidence._take_over_document(document)
        if not order._has_to_be_paid():
            order._validate_order()
        return True

    def _receive_declined(self, reason=""):
        """Remember that the customer did not sign, and tell the salesperson."""
        self.ensure_one()
        if self.state != "waiting":
            return
        self._set({"state": "declined", "reason": (reason or "")[:500]})
        order = self.order_id.sudo()
        order._log_event("signature.declined", **self._get_event_data())
        order.message_post(
            body=self.env._("The customer did not sign: %(text)s", text=reason or "-")
        )

    def _is_current(self):
        """Return whether the quotation is still what was sent to be signed."""
        order = self.order_id.sudo()
        return (
            order._has_to_be_signed() and order._get_signature_checksum() == self.sha256
        )
