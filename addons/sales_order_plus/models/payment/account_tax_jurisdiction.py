from odoo import api, models

# Odoo keeps four decimals of a tax.
DIGITS = 4


class AccountTax(models.Model):
    _inherit = "account.tax"

    @api.model
    def _get_jurisdiction_tax(self, company, level, place, rate):
        """Return the sales tax of an authority; one for each rate, made once.

        :param str level: country, state, county, city or special
        :param str place: name of the authority
        :param float rate: percent
        """
        rate = round(rate, DIGITS)
        # sudo: who quotes does not keep taxes; the values come from table or service.
        taxes = self.sudo().with_company(company)
        found = taxes.search(
            [
                ("company_id", "=", company.id),
                ("type_tax_use", "=", "sale"),
                ("amount_type", "=", "percent"),
                ("amount", "=", rate),
                ("jurisdiction_level", "=", level),
                ("jurisdiction_name", "=", place),
            ],
            limit=1,
        ).filtered(lambda tax: not tax.price_include)
        return found or taxes._create_jurisdiction_tax(company, level, place, rate)

    @api.model
    def _create_jurisdiction_tax(self, company, level, place, rate):
        vals = {
            "name": f"{place} {rate:g}% ({level})",
            "description": False,
            "invoice_label": f"{place} {rate:g}%",
            "amount": rate,
            "amount_type": "percent",
            "type_tax_use": "sale",
            "price_include_override": "tax_excluded",
            "jurisdiction_level": level,
            "jurisdiction_name": place,
            "company_id": company.id,
            "sequence": 100,
        }
        usual = company.sudo().account_sale_tax_id
        if usual.amount_type == "percent":
            # Its accounts and its group; a fiscal position knows nothing of the copy.
            cleared = {"fiscal_position_ids": False, "original_tax_ids": False}
            return usual.copy({**vals, **cleared, "active": True})
        return self.create(vals)
