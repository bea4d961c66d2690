import base64
import hashlib

from odoo import api, fields, models
from odoo.http import request

from ...exceptions import AppendOnlyError
from .grants import is_writing_proforma, writing_proforma


class SalesSignature(models.Model):
    """Who signed what, when and from where: the evidence of a signature.

    The signed paper lies with it as a PDF and its SHA-256. It is written by the
    product at the moment of signing; nobody changes or deletes it, it can only
    be voided, which is written down with the reason.
    """

    _name = "sales.signature"
    _inherit = ["sales.trade.mixin", "sales.presence.mixin"]
    _description = "Signature Evidence"
    _order = "id desc"
    _rec_name = "name"

    name = fields.Char(string="Signed by", readonly=True, help="Name that was given.")
    order_id = fields.Many2one(
        "sale.order",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Quotation that was signed, or the order of the proforma.",
    )
    proforma_id = fields.Many2one(
        "sales.proforma",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Proforma that was signed; empty: the quotation itself.",
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, precompute=True, help="Its company."
    )
    partner_id = fields.Many2one(
        "res.partner", readonly=True, help="Customer on whose behalf was signed."
    )
    document_name = fields.Char(
        string="Document", readonly=True, help="Number of what was signed."
    )
    revision = fields.Integer(
        readonly=True, help="Revision of the quotation that was signed."
    )
    amount_total = fields.Monetary(readonly=True, help="Total that was signed.")
    currency_id = fields.Many2one("res.currency", readonly=True, help="Of the total.")
    date = fields.Datetime(
        string="Signed on", readonly=True, help="Moment of signing (UTC)."
    )
    user_id = fields.Many2one(
        "res.users", readonly=True, help="Session in which it was signed."
    )
    ip_address = fields.Char(
        string="IP Address", readonly=True, help="Address it was signed from."
    )
    user_agent = fields.Char(readonly=True, help="Browser it was signed with.")
    method = fields.Selection(
        selection=[("portal", "Drawn or typed online"), ("external", "External")],
        default="portal",
        readonly=True,
        help="How it was signed; providers of electronic signatures add theirs.",
    )
    provider_reference = fields.Char(
        readonly=True, help="Number of the envelope at an external provider."
    )
    signature = fields.Binary(
        attachment=True, readonly=True, help="The signature as it was drawn."
    )
    document_pdf = fields.Binary(
        string="Signed PDF", attachment=True, readonly=True, help="What was signed."
    )
    document_filename = fields.Char(readonly=True, help="Name of the signed PDF.")
    sha256 = fields.Char(
        string="SHA-256", readonly=True, help="Checksum of the signed PDF."
    )
    is_intact = fields.Boolean(
        compute="_compute_is_intact",
        help="The stored PDF still has the checksum it was signed with.",
    )
    voided_on = fields.Datetime(
        readonly=True, help="When the signature lost its force."
    )
    void_reason = fields.Char(readonly=True, help="Why it lost its force.")
    state = fields.Selection(
        selection=[("valid", "Valid"), ("voided", "Voided")],
        compute="_compute_state",
        store=True,
        help="Voided: what was signed was changed afterwards.",
    )

    @api.depends("voided_on")
    def _compute_state(self):
        for signature in self:
            signature.state = "voided" if signature.voided_on else "valid"

    @api.depends("document_pdf", "sha256")
    def _compute_is_intact(self):
        for signature in self:
            stored = signature.with_context(bin_size=False).document_pdf
            signature.is_intact = bool(stored) and (
                self._get_sha256(base64.b64decode(stored)) == signature.sha256
            )

    # === Append only === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_own_code()
        return super().create(vals_list)

    def write(self, vals):
        self._check_own_code()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        self._check_own_code()

    def _check_own_code(self):
        if not is_writing_proforma():
            raise AppendOnlyError(
                self.env._(
                    "Evidence of a signature is written when somebody signs; "
                    "it cannot be changed or deleted."
                )
            )

    # === Writing === #

    @api.model
    def _record(self, document, *, name, signature, **values):
        """Write the evidence for a document that was just signed.

        :param document: quotation or proforma
        :param str name: name the signer gave
        :param signature: image, base64
        :param values: ``method`` and ``provider_reference`` of an external provider
        """
        pdf = document._get_trade_document(document._signed_kind).to_pdf()
        # sudo: nobody has the right to write evidence; this is the only place.
        with writing_proforma():
            return self.sudo().create(
                {
                    **document._prepare_signature_vals(),
                    **self._get_request_vals(),
                    "name": name,
                    "signature": signature,
                    "document_pdf": base64.b64encode(pdf),
                    "sha256": self._get_sha256(pdf),
                    "user_id": self.env.uid,
                    "date": fields.Datetime.now(),
                    **values,
                }
            )

    @staticmethod
    def _get_sha256(content):
        return hashlib.sha256(content).hexdigest()

    @staticmethod
    def _get_request_vals():
        """Return where the signer sits, as far as the request tells."""
        if not request:
            return {}
        http = request.httprequest
        return {
            "ip_address": http.remote_addr,
            "user_agent": (http.user_agent.string or "")[:512],
        }

    @api.model
    def _void(self, orders, reason):
        """Void the signatures of quotations; those of proformas stay: they are fixed."""
        # sudo: see _record.
        valid = self.sudo().search(
            [
                ("order_id", "in", orders.ids),
                ("proforma_id", "=", False),
                ("state", "=", "valid"),
            ]
        )
        with writing_proforma():
            valid.write({"voided_on": fields.Datetime.now(), "void_reason": reason})

    # === Evidence paper === #

    def _get_trade_lang(self):
        return self.env.lang

    def _get_trade_document_evidence(self):
        record = self.sudo()
        return record._prepare_trade_document(
            self.env._("Evidence of Signature"),
            record.document_name,
            blocks=record._get_evidence_blocks(),
            notes=record._get_evidence_notes(),
            images=[(self.env._("Signature"), record._get_signature_image(), 60)],
        )

    def _get_evidence_blocks(self):
        return [
            (self.env._("Signed by"), self.name),
            (self.env._("On behalf of"), self._get_address(self.partner_id)),
            (self.env._("Document"), self.document_name),
            (self.env._("Revision"), str(self.revision)),
            (
                self.env._("Total"),
                self._format_money(self.amount_total, self.currency_id),
            ),
            (self.env._("Signed on (UTC)"), fields.Datetime.to_string(self.date)),
            (self.env._("IP Address"), self.ip_address),
            (self.env._("Session"), self.user_id.name),
        ]

    def _get_evidence_notes(self):
        intact = (
            self.env._("yes")
            if self.is_intact
            else self.env._("NO: the file was changed")
        )
        voided = ""
        if self.voided_on:
            voided = f"{fields.Datetime.to_string(self.voided_on)}: {self.void_reason}"
        return [
            (self.env._("Browser"), self.user_agent),
            (self.env._("SHA-256 of the signed PDF"), self.sha256),
            (self.env._("The stored PDF still has this checksum"), intact),
            (self.env._("Voided"), voided),
        ]

    def _get_signature_image(self):
        return self._decode(self.with_context(bin_size=False).signature)

    def action_open_document(self):
        """Download the signed PDF.

        :return: URL action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/document_pdf?download=true"
            "&filename_field=document_filename",
        }
