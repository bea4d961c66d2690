from odoo import api, fields, models
from odoo.tools import html2plaintext

from ...report.proforma.trade_parts import Column
from .grants import confirming, get_confirming_ids

# What the customer puts his name under, besides the lines.
SIGNED_FIELDS = (
    "commitment_date",
    "company_id",
    "currency_id",
    "fiscal_position_id",
    "incoterm",
    "incoterm_location",
    "note",
    "partner_id",
    "partner_invoice_id",
    "partner_shipping_id",
    "payment_term_id",
    "prepayment_percent",
)
SIGNED_LINE_FIELDS = (
    "discount",
    "display_type",
    "name",
    "price_unit",
    "product_id",
    "product_uom_id",
    "product_uom_qty",
    "tax_ids",
)


class SaleOrder(models.Model):
    """Signing leaves evidence, and a signature holds for what was signed alone."""

    _inherit = "sale.order"

    _signed_kind = "quotation"

    signature_ids = fields.One2many(
        "sales.signature",
        "order_id",
        string="Signatures",
        groups="base.group_user",
        help="Evidence of all signatures, the voided ones too.",
    )
    signature_void_reason = fields.Char(
        compute="_compute_signature_void_reason",
        store=True,
        groups="base.group_user",
        help="Why the customer has to sign again.",
        prefetch="sales_rare",
    )

    @api.depends("signature", "require_signature", "state", "signature_ids.voided_on")
    def _compute_signature_void_reason(self):
        signatures = self.env["sales.signature"]
        any_signed = signatures._has_records()
        for order in self:
            waits = any_signed and order.require_signature and not order.signature
            waits = waits and order.state in ("draft", "sent")
            # sudo: evidence of all signatures, for whoever sees the order.
            last = order.sudo().signature_ids[:1] if waits else signatures
            order.signature_void_reason = last.void_reason

    # === Voiding === #

    def _get_signed_content(self):
        """Return {order id: what its signature holds for}, of signed quotations."""
        signed = self._get_signed().filtered(
            lambda order: order.id not in get_confirming_ids()
        )
        # sudo: who may change a field need not be able to read all the others.
        return {order.id: order.sudo()._get_commercial_content() for order in signed}

    def _get_signed(self):
        """Return the signed quotations; the date is asked first, the image is a file."""
        return self.filtered(
            lambda order: (
                order.state in ("draft", "sent") and order.signed_on and order.signature
            )
        )

    def _get_commercial_content(self):
        self.ensure_one()
        lines = self.order_line.filtered(lambda line: not line.is_downpayment)
        return (
            [self._get_plain(self[name]) for name in SIGNED_FIELDS],
            sorted(
                (line.id, *(self._get_plain(line[name]) for name in SIGNED_LINE_FIELDS))
                for line in lines
            ),
        )

    @staticmethod
    def _get_plain(value):
        """Return a comparable form; a float as it is shown, False as nothing."""
        if isinstance(value, models.BaseModel):
            return str(sorted(value.ids))
        return f"{value:.6f}" if isinstance(value, float) else str(value or "")

    def _void_changed_signatures(self, before):
        """Void the signatures of orders whose content is no longer ``before``."""
        orders = self.browse(before).exists()
        changed = orders.filtered(
            lambda order: order.sudo()._get_commercial_content() != before[order.id]
        )
        if changed:
            changed._void_signature(
                self.env._(
                    "The quotation was changed after it was signed: "
                    "the customer has to sign again."
                )
            )

    def _void_signature(self, reason):
        # First: taking the image off tells a reason of its own.
        self.env["sales.signature"]._void(self._get_signed(), reason)
        return super()._void_signature(reason)

    def write(self, vals):
        before = self._get_signed_content()
        self._void_unnamed_signatures(vals)
        result = super().write(vals)
        self._void_changed_signatures(before)
        if vals.get("signature"):
            self.filtered("signature")._record_signatures()
        elif "signature" in vals:
            self.env["sales.signature"]._void(
                self, self.env._("The signature was taken off the quotation.")
            )
        return result

    def _void_unnamed_signatures(self, vals):
        """A signature without its date or name is none: both tell that it is there."""
        names = ("signed_on", "signed_by")
        taken = any(name in vals and not vals[name] for name in names)
        if taken and "signature" not in vals:
            self._void_signature(
                self.env._("Name or date were taken off the signature.")
            )

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        if any(vals.get("signature") for vals in vals_list):
            orders.filtered("signature")._record_signatures()
        return orders

    def action_confirm(self):
        """Confirm; what Odoo changes meanwhile (rewards, freight) is no new offer."""
        with confirming(self):
            return super().action_confirm()

    # === Evidence === #

    def _record_signatures(self):
        for order in self:
            if not order.signed_on:
                order.signed_on = fields.Datetime.now()
            self.env["sales.signature"]._record(
                order,
                name=order.signed_by,
                signature=order.signature,
                **order._get_signature_evidence_vals(),
            )
            order._log_event("order.signed", signed_by=order.signed_by)

    def _prepare_signature_vals(self):
        self.ensure_one()
        return {
            "order_id": self.id,
            "partner_id": self.partner_id.id,
            "document_name": self.name,
            "document_filename": f"{self.name}-signed.pdf".replace("/", "-"),
            "revision": self._get_signed_revision(),
            "amount_total": self.amount_total,
            "currency_id": self.currency_id.id,
        }

    def _get_signed_revision(self):
        """Return the revision that is being signed; 1 where there are no revisions."""
        self.ensure_one()
        return self.revision_number if "revision_number" in self._fields else 1

    # === The signed paper === #

    def _get_trade_document_quotation(self):
        order = self.sudo()
        return order._prepare_trade_document(
            self.env._("Quotation"),
            order.name,
            blocks=order._get_quotation_blocks(),
            columns=order._get_quotation_columns(),
            rows=[order._get_quotation_row(line) for line in order.order_line],
            totals=order._get_quotation_totals(),
            notes=order._get_quotation_notes(),
        )

    def _get_quotation_blocks(self):
        incoterm = " ".join(filter(None, (self.incoterm.code, self.incoterm_location)))
        return [
            (self.env._("Customer"), self._get_address(self.partner_id)),
            (self.env._("Invoice Address"), self._get_address(self.partner_invoice_id)),
            (
                self.env._("Delivery Address"),
                self._get_address(self.partner_shipping_id),
            ),
            (self.env._("Revision"), str(self._get_signed_revision())),
            (self.env._("Valid until"), self._format_day(self.validity_date)),
            (self.env._("Delivery Date"), self._format_day(self.commitment_date)),
            (self.env._("Payment Terms"), self.payment_term_id.name),
            (self.env._("Terms of Delivery"), incoterm),
        ]

    def _get_quotation_columns(self):
        return [
            Column(self.env._("Description"), 5),
            Column(self.env._("Quantity"), 1.8, right=True),
            Column(self.env._("Unit Price"), 1.6, right=True),
            Column(self.env._("Disc. %"), 1, right=True),
            Column(self.env._("Taxes"), 1.5),
            Column(self.env._("Amount"), 1.8, right=True),
        ]

    def _get_quotation_row(self, line):
        if line.display_type:
            return line.name or ""
        return [
            line.name,
            self._format_quantity(line.product_uom_qty, line.product_uom_id),
            self._format_money(line.price_unit, self.currency_id),
            self._format_quantity(line.discount),
            ", ".join(line.tax_ids.mapped("name")),
            self._format_money(line.price_subtotal, self.currency_id),
        ]

    def _get_quotation_totals(self):
        amounts = (
            (self.env._("Untaxed Amount"), self.amount_untaxed),
            (self.env._("Taxes"), self.amount_tax),
            (self.env._("Total"), self.amount_total),
        )
        return [
            (label, self._format_money(value, self.currency_id))
            for label, value in amounts
        ]

    def _get_quotation_notes(self):
        note = html2plaintext(self.note) if self.note else ""
        signed = self.env._(
            "%(name)s on %(date)s (UTC)",
            name=self.signed_by,
            date=fields.Datetime.to_string(self.signed_on),
        )
        return [
            (self.env._("Terms and Conditions"), note),
            (self.env._("Signed by"), signed),
        ]
