from odoo import fields, models
from odoo.tools import is_html_empty

from ...report.proforma.trade_parts import Column


class SalesProforma(models.Model):
    """The paper: terms, bank account, reference and payment link."""

    _name = "sales.proforma"
    _inherit = ["sales.proforma", "sales.export.mixin"]

    def _get_trade_document_proforma(self):
        return self._prepare_trade_document(
            self.env._("Proforma Invoice"),
            self.name,
            blocks=self._get_print_blocks(),
            columns=self._get_print_columns(),
            rows=[self._get_print_row(line) for line in self.sudo().line_ids],
            totals=self._get_print_totals(),
            notes=self._get_print_notes(),
            images=self._get_print_images(),
        )

    def _get_print_blocks(self):
        order = self.sudo().order_id
        return [
            (self.env._("Customer"), self._get_address(self.partner_id)),
            (self.env._("Consignee"), self._get_address(self.partner_shipping_id)),
            (self.env._("Date"), self._format_day(self.date)),
            (self.env._("Payable until"), self._format_day(self.valid_until)),
            (self.env._("Order"), order.name),
            (self.env._("Your Reference"), order.client_order_ref),
            (self.env._("Terms of Delivery"), self._get_incoterm_text()),
            (self.env._("Asked"), self._get_kind_text()),
        ]

    def _get_incoterm_text(self):
        incoterm = self.sudo().incoterm_id
        return " ".join(filter(None, (incoterm.code, self.incoterm_location)))

    def _get_kind_text(self):
        if self.kind != "percent":
            return ""
        return self.env._("%s %% of the order", self._format_quantity(self.percent))

    def _get_print_columns(self):
        columns = [
            Column(self.env._("Description"), 5),
            Column(self.env._("Quantity"), 1.8, right=True),
            Column(self.env._("Unit Price"), 1.6, right=True),
            Column(self.env._("Disc. %"), 1, right=True),
            Column(self.env._("Taxes"), 1.5),
            Column(self.env._("Part"), 1, right=True),
            Column(self.env._("Amount"), 1.8, right=True),
        ]
        return [
            column
            for column, shown in zip(columns, self._get_shown(), strict=True)
            if shown
        ]

    def _get_shown(self):
        lines = self.sudo().line_ids
        discount = any(lines.mapped("discount"))
        part = self.kind != "lines" and any(0 < x < 1 for x in lines.mapped("fraction"))
        return (True, True, True, discount, bool(lines.tax_ids), part, True)

    def _get_print_row(self, line):
        if line.display_type:
            return line.name or ""
        texts = [
            line.name,
            self._format_quantity(line.quantity, line.product_uom_id),
            self._format_price(line.price_unit),
            self._format_quantity(line.discount),
            ", ".join(line.tax_ids.mapped("name")),
            f"{line.percent:.2f} %",
            self._format_money(line.price_subtotal, self.currency_id),
        ]
        return [
            text for text, shown in zip(texts, self._get_shown(), strict=True) if shown
        ]

    def _format_price(self, price):
        return self._format_money(price, self.currency_id)

    def _get_print_totals(self):
        totals = [
            (self.env._("Untaxed Amount"), self._format_price(self.amount_untaxed))
        ]
        totals += [
            (name, self._format_price(amount))
            for name, _base, amount in self._get_tax_summary()
        ]
        totals += self._get_currency_total()
        return [*totals, (self.env._("Total"), self._format_price(self.amount_total))]

    def _get_currency_total(self):
        """Return the total in the order's currency, with the rate, if that differs."""
        if self.currency_id == self.order_currency_id:
            return []
        label = self.env._(
            "Total at 1 %(order)s = %(rate)s %(own)s",
            order=self.order_currency_id.name,
            rate=f"{self.currency_rate:.6f}",
            own=self.currency_id.name,
        )
        amount = self._format_money(self.order_amount_total, self.order_currency_id)
        return [(label, amount)]

    def _get_print_notes(self):
        term = self.sudo().payment_term_id
        note = "" if is_html_empty(term.note) else term.name
        return [
            (self.env._("Payment Terms"), note or term.name),
            (self.env._("Payments"), self._get_schedule_text()),
            (self.env._("Bank Account"), self._get_bank_text()),
            (self.env._("Payment Reference"), self.name),
            (self.env._("Pay online"), self._get_pay_url()),
            (self.env._("Remarks"), self.note),
            (self.env._("Signed by"), self._get_signed_text()),
            (
                self.env._("Note"),
                self.env._(
                    "This is no tax invoice: the invoice follows with the delivery."
                ),
            ),
        ]

    def _get_signed_text(self):
        if not self.signed_on:
            return ""
        return f"{self.signed_by}, {fields.Datetime.to_string(self.signed_on)} UTC"

    def _get_schedule(self):
        """Return [(due date, amount)] of the payment term; they add up to the total."""
        self.ensure_one()
        term = self.sudo().payment_term_id
        if not term or not self.date:
            return []
        terms = term._compute_terms(
            date_ref=self.date,
            currency=self.currency_id,
            company=self.company_id.sudo(),
            tax_amount=self.amount_tax,
            tax_amount_currency=self.amount_tax,
            sign=1,
            untaxed_amount=self.amount_untaxed,
            untaxed_amount_currency=self.amount_untaxed,
        )
        return [(one["date"], one["foreign_amount"]) for one in terms["line_ids"]]

    def _get_schedule_text(self):
        return "\n".join(
            f"{self._format_day(day)}: {self._format_price(amount)}"
            for day, amount in self._get_schedule()
        )

    def _get_bank_text(self):
        bank = self.sudo().bank_account_id
        parts = (bank.acc_number, bank.bank_id.name, bank.bank_id.bic)
        return " · ".join(part for part in parts if part)

    def _get_pay_url(self):
        return self.get_base_url() + self.get_portal_url() if self.date else ""

    def _get_print_images(self):
        return [(self.env._("Scan to pay"), self._get_qr_code(), 32)]

    def _get_qr_code(self):
        """Return the PNG of the payment code, where the bank account has a standard."""
        bank = self.sudo().bank_account_id
        if not bank or self.state != "issued":
            return b""
        code = bank.build_qr_code_base64(
            self._get_residual(),
            self.name,
            self.name,
            self.currency_id,
            self.partner_id,
        )
        return self._decode(code.split(",", 1)[1]) if code else b""
