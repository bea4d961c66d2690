from odoo import models


class SalesSubscriptionPeriod(models.Model):
    """Taxes of an invoice reckoned before it is made.

    Odoo makes the lines of an invoice first and writes what its taxes make of them
    afterwards, line by line, which is half the time of an invoice. Given lines that
    balance, it leaves them as they are. They are reckoned here by Odoo's own engine,
    in the plain case only; else it is left to Odoo, and the amounts are the same.
    """

    _inherit = "sales.subscription.period"

    def _add_journal_items(self, items):
        """Return the items with their balances, and the items of their taxes.

        :param list items: values of invoice lines
        """
        self.ensure_one()
        if not self._is_plain(items):
            return items
        engine, company = self.env["account.tax"], self.company_id
        base_lines = [self._prepare_base_line(vals) for vals in items]
        engine._add_tax_details_in_base_lines(base_lines, company)
        engine._round_base_lines_tax_details(base_lines, company)
        engine._add_accounting_data_in_base_lines_tax_details(base_lines, company)
        found = engine._prepare_tax_lines(base_lines, company)
        return [
            {**base_line["record"], **amounts}
            for base_line, amounts in found["base_lines_to_update"]
        ] + [{**vals, "display_type": "tax"} for vals in found["tax_lines_to_add"]]

    def _is_plain(self, items):
        """Return whether nothing but the taxes decides on the journal items."""
        self.ensure_one()
        own, company = self.subscription_id, self.company_id
        taxes = self.env["account.tax"].browse(
            id_ for vals in items for id_ in vals["tax_ids"][0][2]
        )
        taxes |= taxes.children_tax_ids
        return (
            self.currency_id == company.currency_id
            and all(vals["price_unit"] > 0 for vals in items)
            and not any(
                tax.analytic or tax.tax_exigibility == "on_payment" for tax in taxes
            )
            and not own.payment_term_id.early_discount
        )

    def _prepare_base_line(self, vals):
        """Return an invoice line as Odoo's tax engine wants it."""
        own = self.subscription_id
        product = self.env["product.product"].browse(vals["product_id"])
        return self.env["account.tax"]._prepare_base_line_for_taxes_computation(
            vals,
            product_id=product,
            product_uom_id=product.uom_id.browse(vals["product_uom_id"]),
            tax_ids=self.env["account.tax"].browse(vals["tax_ids"][0][2]),
            partner_id=own.partner_invoice_id.commercial_partner_id,
            currency_id=self.currency_id,
            account_id=self._get_income_account(product),
            sign=-1,
        )

    def _get_income_account(self, product):
        """Return the account Odoo takes; taxes without their own account use it too."""
        position = self.subscription_id.fiscal_position_id
        template = product.product_tmpl_id
        account = template.get_product_accounts(fiscal_pos=position)["income"]
        return account or self._get_invoice_journal().default_account_id

    def _get_invoice_journal(self):
        move = self.env["account.move"].new(
            {"move_type": "out_invoice", "company_id": self.company_id.id}
        )
        return move.journal_id
