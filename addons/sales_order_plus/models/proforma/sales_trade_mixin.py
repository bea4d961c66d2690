import base64

from odoo import models
from odoo.tools import format_date, formatLang

from ...report.proforma.trade_document import TradeDocument


class SalesTradeMixin(models.AbstractModel):
    """Records that print papers of trade: proforma, invoice, packing list, customs."""

    _name = "sales.trade.mixin"
    _description = "Trade Document"

    def _get_trade_document(self, kind):
        """Return the content of a paper, in the language of who gets it.

        :param str kind: such as ``proforma`` or ``packing_list``
        :return: :class:`TradeDocument`
        """
        self.ensure_one()
        # Chosen in the wizard; it decides on the language and on nothing else.
        lang = self.env.context.get("trade_lang") or self._get_trade_lang()
        record = self.with_context(lang=lang) if lang else self
        return getattr(record, f"_get_trade_document_{kind}")()

    def _get_trade_lang(self):
        self.ensure_one()
        return self.partner_id.lang

    def _prepare_trade_document(self, title, number, **values):
        """Return a document with the company's head, foot and logo."""
        # sudo: the customer reads the company's address, not its record.
        company = self.company_id.sudo()
        return TradeDocument(
            title=title,
            number=number or "",
            sender=self._get_sender_lines(company),
            logo=self._get_logo(company),
            footer=self._get_trade_footer(company),
            page_label=self.env._("Page {page} / {pages}"),
            doubt_label=self.env._("Not all characters may be shown right: {scripts}."),
            **values,
        )

    def _get_sender_lines(self, company):
        label = company.country_id.vat_label or self.env._("Tax ID")
        numbers = ((label, company.vat), ("EORI", company.eori))
        return [
            *self._get_sender_address(company),
            *(f"{name}: {number}" for name, number in numbers if number),
        ]

    def _get_sender_address(self, company):
        return self._get_address(company.partner_id).split("\n")

    def _get_logo(self, company):
        # The placeholder of a new company is no logo.
        return b"" if company.uses_default_logo else self._decode(company.logo)

    @staticmethod
    def _decode(image):
        return base64.b64decode(image) if image else b""

    def _get_trade_footer(self, company):
        parts = (company.name, company.phone, company.email, company.website)
        return " · ".join(part for part in parts if part)

    def _get_address(self, partner):
        """Return name, address and phone, one below the other."""
        # sudo: an address may be a contact the reader has no rights to.
        partner = partner.sudo()
        if not partner:
            return ""
        lines = partner._display_address(without_company=True).split("\n")
        names = (partner.commercial_company_name, partner.name)
        parts = (*dict.fromkeys(names), *lines, partner.phone)
        return "\n".join(part.strip() for part in parts if part and part.strip())

    def _format_money(self, amount, currency):
        return formatLang(self.env, amount, currency_obj=currency)

    def _format_quantity(self, quantity, uom=None):
        text = f"{quantity:,.3f}".rstrip("0").rstrip(".")
        return f"{text} {uom.name}" if uom else text

    def _format_weight(self, weight):
        unit = (
            self.env["product.template"]
            .sudo()
            ._get_weight_uom_name_from_ir_config_parameter()
        )
        return f"{weight:,.3f} {unit}"

    def _format_day(self, day):
        return format_date(self.env, day) if day else ""
