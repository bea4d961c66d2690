from odoo import api, models

SYNC_METHODS = ("_get_sync_stack", "_sync_dynamic_lines")


class SalesSubscriptionPeriod(models.Model):
    """All items of an invoice reckoned before it is made.

    Odoo makes the lines of an invoice first, then what its taxes and payment terms make
    of them, and writes each of them anew: more than half the time of an invoice. They
    are reckoned here beforehand by Odoo's own engine and made once, where nothing else
    decides on them; else it is left to Odoo, and the entry is the same.
    """

    _inherit = "sales.subscription.period"

    def _get_plain(self, items_by_period):
        """Return the periods whose invoices are reckoned here.

        :param dict items_by_period: {period: values of invoice lines}
        """
        if not self._is_synced_by_odoo():
            return self.browse()
        return self.filtered(lambda row: row._is_plain(items_by_period[row]))

    @api.model
    def _is_synced_by_odoo(self):
        """Return whether no addon and no default adds items of its own to invoices."""
        moves = self.env["account.move"]
        rounding = moves.default_get(["invoice_cash_rounding_id"])
        return not any(rounding.values()) and all(
            getattr(moves, name).__module__ == "odoo.addons.account.models.account_move"
            for name in SYNC_METHODS
        )

    def _is_plain(self, items):
        """Return whether nothing but taxes and payment terms decides on the items."""
        self.ensure_one()
        term = self.subscription_id.payment_term_id
        taxes = self.env["account.tax"].browse(
            {id_ for vals in items for id_ in vals["tax_ids"][0][2]}
        )
        taxes |= taxes.children_tax_ids
        return not (
            any(tax.analytic for tax in taxes)
            or (term.early_discount and term.early_pay_discount_computation == "mixed")
            or (
                self.company_id.account_discount_expense_allocation_id
                and any(vals["discount"] for vals in items)
            )
        )

    def _prepare_journal_items(self, items, pattern):
        """Return the values of all items of the invoice, from those of its lines.

        :param list items: values of invoice lines
        :param pattern: an invoice as Odoo begins it, see :meth:`_get_patterns`
        """
        self.ensure_one()
        engine, company = self.env["account.tax"], self.company_id
        base_lines = [self._prepare_base_line(vals, pattern) for vals in items]
        engine._add_tax_details_in_base_lines(base_lines, company)
        engine._round_base_lines_tax_details(base_lines, company)
        engine._add_accounting_data_in_base_lines_tax_details(base_lines, company)
        found = engine._prepare_tax_lines(base_lines, company)
        products = [
            {
                **base_line["record"],
                "account_id": base_line["account_id"].id,
                **amounts,
            }
            for base_line, amounts in found["base_lines_to_update"]
        ]
        taxes = [{**vals, "display_type": "tax"} for vals in found["tax_lines_to_add"]]
        return products + taxes + self._prepare_term_items(products, taxes, pattern)

    def _prepare_base_line(self, vals, pattern):
        """Return an invoice line as Odoo's tax engine wants it."""
        own = self.subscription_id
        product = self.env["product.product"].browse(vals["product_id"])
        account = (
            self._get_income_account(product) or pattern.journal_id.default_account_id
        )
        return self.env["account.tax"]._prepare_base_line_for_taxes_computation(
            vals,
            product_id=product,
            product_uom_id=product.uom_id.browse(vals["product_uom_id"]),
            tax_ids=self.env["account.tax"].browse(vals["tax_ids"][0][2]),
            partner_id=own.partner_invoice_id.commercial_partner_id,
            currency_id=self.currency_id,
            rate=pattern.invoice_currency_rate,
            account_id=account,
            sign=-1,
        )

    def _get_income_account(self, product):
        """Return the account Odoo takes; taxes without their own account use it too."""
        position = self._get_invoice_position()
        template = product.product_tmpl_id
        return template.get_product_accounts(fiscal_pos=position)["income"]

    # === What is to be paid, and when === #

    def _prepare_term_items(self, products, taxes, pattern):
        """Return the values of the items to be paid, from those of the other items."""
        term = self.subscription_id.payment_term_id
        if not term:
            total = self._get_sums(products + taxes)
            return [self._prepare_term_item(pattern.invoice_date, **total)]
        untaxed, tax = self._get_sums(products), self._get_sums(taxes)
        terms = term._compute_terms(
            date_ref=pattern.invoice_date,
            currency=self.currency_id,
            company=self.company_id,
            sign=1,
            tax_amount=tax["balance"],
            tax_amount_currency=tax["amount_currency"],
            untaxed_amount=untaxed["balance"],
            untaxed_amount_currency=untaxed["amount_currency"],
        )
        discount = {
            name: terms.get(name) or 0.0
            for name in ("discount_balance", "discount_amount_currency")
        }
        items = {}
        for line in terms["line_ids"]:
            item = items.setdefault(
                line["date"],
                self._prepare_term_item(
                    line["date"], discount_date=terms["discount_date"], **discount
                ),
            )
            item["balance"] += line["company_amount"]
            item["amount_currency"] += line["foreign_amount"]
        return list(items.values())

    def _get_sums(self, items):
        """Return what the customer owes for the items, by name of its field."""
        currencies = {
            "balance": self.company_id.currency_id,
            "amount_currency": self.currency_id,
        }
        return {
            name: currency.round(-sum(vals[name] for vals in items))
            for name, currency in currencies.items()
        }

    @api.model
    def _prepare_term_item(self, day, balance=0.0, amount_currency=0.0, **discount):
        return {
            "display_type": "payment_term",
            "date_maturity": day,
            "balance": balance,
            "amount_currency": amount_currency,
            **discount,
        }
