from odoo import fields, models
from odoo.tools import html2plaintext, is_html_empty

from ...report.proforma.trade_parts import Column, Heading

MM = 72 / 25.4
LEVELS = {"line_section": 0, "line_subsection": 1}


class SaleOrder(models.Model):
    """The quotation or order as our own printer lays it out.

    The same content as Odoo's page, for machines whose browser engine is missing or
    writes no heads, feet and page numbers.
    """

    _inherit = "sale.order"

    def _get_paperformat(self):
        """Return the paper of the quotation template, none if it has no wish."""
        self.ensure_one()
        return self.sudo().sale_order_template_id.paperformat_id

    def _has_page_break(self, line):
        """Whether the line begins a section that is printed on a page of its own."""
        template = self.sudo().sale_order_template_id
        return template.section_page_break and line.display_type == "line_section"

    def _render_own_pdf(self, is_proforma=False):
        """Return the PDF in the language of the customer."""
        self.ensure_one()
        order = self.with_context(
            trade_lang=self._get_document_lang() or self.env.lang,
            proforma=is_proforma or self.env.context.get("proforma", False),
        )
        return order._get_trade_document("print").to_pdf()

    def _get_trade_document_print(self):
        lines = self._get_order_lines_to_report()
        brand = self.sudo().sales_brand_id
        document = self._prepare_trade_document(
            self._get_print_title(),
            self._get_quotation_name(),
            blocks=self._get_print_blocks(),
            intro=[
                ("", self._get_print_html(text))
                for text in (self.intro_text, *self._get_template_blocks("before"))
            ],
            columns=self._get_print_columns(lines),
            rows=self._get_print_rows(lines),
            totals=self._get_print_totals(),
            tables=self._get_print_tables(),
            notes=self._get_print_notes(),
            images=self._get_print_images(),
            page_size=self._get_print_page_size(),
            color=brand.primary_color or "",
        )
        # The brand's words in the place of the company's, as on the page.
        tagline = self._get_print_html(brand.report_header)
        document.sender += [tagline] if tagline else []
        document.footer = self._get_print_html(brand.report_footer) or document.footer
        return document

    def _get_print_page_size(self):
        """Return width and height of the paper in points."""
        # sudo: the customer prints too.
        paper = self._get_paperformat() or self.company_id.sudo().paperformat_id
        size = (paper.print_page_width, paper.print_page_height)
        return tuple(side * MM for side in size if side) or (210 * MM, 297 * MM)

    # === Head === #

    def _get_print_title(self):
        if self.env.context.get("proforma"):
            return self.env._("Pro-Forma Invoice")
        if self.state in ("draft", "sent"):
            return self.env._("Quotation")
        return self.env._("Order")

    def _get_print_blocks(self):
        invoice, shipping = self.partner_invoice_id, self.partner_shipping_id
        invoice = invoice if invoice != self.partner_id else invoice.browse()
        shipping = shipping if shipping != self.partner_id else shipping.browse()
        return [
            (self.env._("Customer"), self._get_print_customer()),
            (self.env._("Invoicing Address"), self._get_address(invoice)),
            (self.env._("Shipping Address"), self._get_address(shipping)),
            (self.env._("Your Reference"), self.client_order_ref),
            (self.env._("Project"), self.sudo().project_code),
            (self._get_print_date_label(), self._get_print_day()),
            (self.env._("Expiration"), self._get_print_expiration()),
            (self.env._("Delivery Date"), self._format_day(self.commitment_date)),
            (self.env._("Requested Delivery"), self._format_day(self.requested_date)),
            (self.env._("Salesperson"), self.sudo().user_id.name),
        ]

    def _get_print_customer(self):
        label = self.company_id.sudo().account_fiscal_country_id.vat_label
        vat = self.partner_id.sudo().vat
        address = self._get_address(self.partner_id)
        return f"{address}\n{label or self.env._('Tax ID')}: {vat}" if vat else address

    def _get_print_date_label(self):
        if self.state in ("draft", "sent"):
            return self.env._("Quotation Date")
        return self.env._("Order Date")

    def _get_print_day(self):
        """Return the day in the time zone of the order, as printed elsewhere."""
        order = self.with_context(tz=self.sudo().order_tz)
        moment = fields.Datetime.context_timestamp(order, self.date_order)
        return self._format_day(moment.date())

    def _get_print_expiration(self):
        offered = self.state in ("draft", "sent")
        return self._format_day(self.validity_date) if offered else ""

    # === Lines === #

    def _get_print_columns(self, lines):
        columns = [
            Column(self.env._("SKU"), 1.4),
            Column(self.env._("Description"), 5),
            Column(self.env._("Quantity"), 1.6, right=True),
            Column(self.env._("Unit Price"), 1.6, right=True),
            Column(self.env._("Disc.%"), 1, right=True),
            Column(self.env._("Taxes"), 1.3, right=True),
            Column(self.env._("Amount"), 1.8, right=True),
        ]
        return self._keep_printed(columns, lines)

    def _keep_printed(self, cells, lines):
        """Leave out the columns that have nothing to say on this order."""
        shown = (
            self.sudo().show_sku,
            True,
            True,
            True,
            any(lines.mapped("discount")),
            any(line._has_taxes() for line in lines),
            True,
        )
        return [cell for cell, kept in zip(cells, shown, strict=True) if kept]

    def _get_print_rows(self, lines):
        rows = []
        for line in lines:
            if line.collapse_composition:
                rows += self._get_print_summary_rows(line, lines)
            elif line.display_type or line.product_type == "combo":
                rows.append(self._get_print_heading(line))
            else:
                rows.append(self._get_print_row(line, lines))
        return rows

    def _get_print_heading(self, line):
        if line.product_type == "combo":
            quantity = self._format_quantity(line.product_uom_qty)
            total = self._format_print_amount(line._get_combo_totals("price_subtotal"))
            hidden = self._are_prices_hidden(line)
            text = f"{line.name} x {quantity}"
            return Heading(text, "" if hidden else total, level=1)
        if line.display_type == "line_note":
            return Heading(line.name or "", level=2)
        return Heading(
            line.name or "",
            self._format_print_amount(line._get_section_totals("price_subtotal")),
            level=LEVELS.get(line.display_type, 2),
            new_page=self._has_page_break(line),
        )

    def _are_prices_hidden(self, line):
        parent = line.parent_id
        return parent.collapse_prices or parent.parent_id.collapse_prices

    def _get_print_summary_rows(self, line, lines):
        """Return a section whose lines are not shown, one row a tax."""
        rows = []
        for part in line._get_grouped_section_summary():
            amount = self._format_print_amount(part["price_subtotal"])
            taxes = ", ".join(part["tax_labels"])
            quantity = self._format_quantity(1)
            row = ["", line.name, quantity, amount, "", taxes, amount]
            rows.append(self._keep_printed(row, lines))
        return rows

    def _get_print_row(self, line, lines):
        hidden = self._are_prices_hidden(line)
        taxes = line.sudo().tax_ids
        amount = self._format_print_amount(line.price_subtotal)
        row = [
            self._get_print_sku(line.sudo()),
            self._get_print_item(line),
            self._format_quantity(line.product_uom_qty, line.product_uom_id),
            "" if hidden else self._format_print_amount(line.price_unit),
            "" if hidden else self._format_quantity(line.discount),
            ", ".join(tax.tax_label for tax in taxes if tax.tax_label),
            "" if hidden or line.is_downpayment else amount,
        ]
        return self._keep_printed(row, lines)

    def _format_print_amount(self, amount):
        return self._format_money(amount, self.currency_id)

    # === Below the lines === #

    def _get_print_totals(self):
        summary = self.tax_totals
        totals = []
        for subtotal in summary["subtotals"]:
            if subtotal["tax_groups"]:
                base = subtotal["base_amount_currency"]
                totals.append((subtotal["name"], self._format_print_amount(base)))
            totals += [
                (
                    group["group_name"],
                    self._format_print_amount(group["tax_amount_currency"]),
                )
                for group in subtotal["tax_groups"]
            ]
        total = self._format_print_amount(summary["total_amount_currency"])
        return [*totals, (self.env._("Total"), total)]

    def _get_print_notes(self):
        term, position = self.sudo().payment_term_id, self.sudo().fiscal_position_id
        return [
            *(
                ("", self._get_print_html(one))
                for one in self._get_template_blocks("after")
            ),
            ("", self._get_print_html(self.closing_text)),
            ("", self._get_print_html(self.note)),
            (self.env._("Terms"), self.terms_version),
            (self.env._("Payment Terms"), self._get_print_html(term.note) or term.name),
            (self.env._("Fiscal Position Remark"), self._get_print_html(position.note)),
            (self.env._("Signed by"), self._get_print_signed()),
        ]

    def _get_print_signed(self):
        if not self.signed_on:
            return ""
        return f"{self.signed_by}, {fields.Datetime.to_string(self.signed_on)} UTC"

    def _get_print_images(self):
        return [(self.env._("Signature"), self._decode(self.signature), 60)]

    @staticmethod
    def _get_print_html(text):
        """Return the words of a rich text."""
        return "" if is_html_empty(text) else html2plaintext(text).strip()
