from odoo import fields, models

from ...exceptions import ProformaError
from .grants import writing_proforma


class SalesProforma(models.Model):
    """A proforma can be signed on the customer's page; it cannot change afterwards."""

    _inherit = "sales.proforma"

    _signed_kind = "proforma"

    require_signature = fields.Boolean(
        string="Online Signature",
        help="Ask the customer to sign it before he pays.",
    )
    signature_ids = fields.One2many(
        "sales.signature",
        "proforma_id",
        string="Signatures",
        readonly=True,
        groups="base.group_user",
        help="Evidence of the signature.",
    )
    signed_by = fields.Char(readonly=True, copy=False, help="Name of who signed.")
    signed_on = fields.Datetime(readonly=True, copy=False, help="When it was signed.")

    def _has_to_be_signed(self):
        self.ensure_one()
        return self.state == "issued" and self.require_signature and not self.signed_on

    def _can_be_paid(self):
        return super()._can_be_paid() and not self._has_to_be_signed()

    def _sign(self, name, signature):
        """Take the customer's signature and write its evidence.

        :raise ProformaError: if there is nothing to sign, or the name is missing
        """
        self.ensure_one()
        if not self._has_to_be_signed():
            raise ProformaError(self.env._("This proforma does not wait to be signed."))
        if not name or not signature:
            raise ProformaError(
                self.env._("Name, Signature: give both to sign the proforma.")
            )
        with writing_proforma():
            self.write({"signed_by": name, "signed_on": fields.Datetime.now()})
        self.env["sales.signature"]._record(self, name=name, signature=signature)
        self._log_event("proforma.signed", signed_by=name)

    def _prepare_signature_vals(self):
        self.ensure_one()
        return {
            "order_id": self.order_id.id,
            "proforma_id": self.id,
            "partner_id": self.partner_id.id,
            "document_name": self.name,
            "document_filename": f"{self.name}-signed.pdf".replace("/", "-"),
            "revision": 1,
            "amount_total": self.amount_total,
            "currency_id": self.currency_id.id,
        }
