from lxml import html

from odoo.fields import Command

from ..common import SalesPlusCommon


class LineCommon(SalesPlusCommon):
    """Orders with taxes, currencies, warehouses and rules."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax_group = cls.env["account.tax.group"].search(
            [("company_id", "=", cls.company.id)], limit=1
        ) or cls.env["account.tax.group"].create({"name": "Test Taxes"})
        cls.usd = cls.env.ref("base.USD")
        cls.eur = cls.env.ref("base.EUR")
        (cls.usd | cls.eur).active = True
        cls.foreign = cls.eur if cls.company.currency_id == cls.usd else cls.usd

    @classmethod
    def _new_tax(cls, name, amount, **values):
        return cls.env["account.tax"].create(
            {
                "name": name,
                "amount": amount,
                "type_tax_use": "sale",
                "tax_group_id": cls.tax_group.id,
                "country_id": cls.company.account_fiscal_country_id.id,
                **values,
            }
        )

    @classmethod
    def _set_rate(cls, currency, rate, date="2026-01-01"):
        cls.env["res.currency.rate"].search(
            [("currency_id", "=", currency.id)]
        ).unlink()
        cls.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "name": date,
                "rate": rate,
                "company_id": cls.company.id,
            }
        )

    @classmethod
    def _new_pricelist(cls, currency=None, **item):
        return cls.env["product.pricelist"].create(
            {
                "name": "Test Prices",
                "currency_id": (currency or cls.company.currency_id).id,
                "company_id": cls.company.id,
                "item_ids": [Command.create(item)] if item else [],
            }
        )

    def _render(self, report, record):
        """Return the document as its reader gets it, as an HTML tree."""
        content, _kind = self.env["ir.actions.report"]._render_qweb_html(
            report, record.ids
        )
        return html.fromstring(content)

    def _text(self, tree):
        return " ".join(tree.text_content().split())
