from odoo import api, models
from odoo.tools import get_lang


class SaleOrder(models.Model):
    """The comparison of two revisions as people read it, in our screens and his."""

    _inherit = "sale.order"

    def _render_comparison(self, difference, only_changes=True):
        """Return a comparison as HTML.

        :param dict difference: as :func:`quotation_snapshot.compare` gives it
        :param bool only_changes: leave lines out that are the same
        """
        return self.env["ir.qweb"]._render(
            "sales_order_plus.quotation_comparison",
            self._prepare_comparison_values(difference, only_changes),
        )

    def _prepare_comparison_values(self, difference, only_changes=True):
        self.ensure_one()
        lines = difference["lines"]
        return {
            "sale_order": self,
            "difference": difference,
            "lines": [
                line for line in lines if line["kind"] != "same" or not only_changes
            ],
            "header_labels": self._get_header_labels(),
            "kind_labels": self._get_kind_labels(),
            "cells": self._get_comparison_cells(),
            "money": self._get_money_formatter(),
            "number": self._get_number_formatter(),
            "amounts": self._get_compared_amounts(difference),
        }

    def _get_money_formatter(self):
        """Return a function for many amounts; Odoo's widget takes too long for them."""
        currency = self.currency_id
        lang = self.env["res.lang"].browse(get_lang(self.env).id)
        pattern = f"%.{currency.decimal_places}f"
        symbol = currency.symbol or currency.name

        def money(amount):
            text = lang.format(pattern, amount, grouping=True)
            parts = (symbol, text) if currency.position == "before" else (text, symbol)
            return "\N{NO-BREAK SPACE}".join(parts)

        return money

    @api.model
    def _get_number_formatter(self):
        """Return a function that writes numbers as people do; texts stay as they are."""
        lang = self.env["res.lang"].browse(get_lang(self.env).id)

        def number(value):
            if not isinstance(value, int | float):
                return value
            text = lang.format("%.6f", value, grouping=True)
            return text.rstrip("0").rstrip(lang.decimal_point)

        return number

    @api.model
    def _get_compared_amounts(self, difference):
        """Return the amounts in the order of the document; each tax if there are any."""
        untaxed, tax, total = difference["totals"]
        taxes = [{**entry, "key": entry["name"]} for entry in difference["taxes"]]
        return [untaxed, *(taxes or [tax]), total]

    @api.model
    def _get_header_labels(self):
        return {
            "customer": self.env._("Customer"),
            "invoice_address": self.env._("Invoice address"),
            "delivery_address": self.env._("Delivery address"),
            "customer_reference": self.env._("Your reference"),
            "currency": self.env._("Currency"),
            "payment_term": self.env._("Payment terms"),
            "fiscal_position": self.env._("Fiscal position"),
            "delivery_date": self.env._("Delivery date"),
            "validity_date": self.env._("Valid until"),
            "salesperson": self.env._("Your contact"),
            "intro_text": self.env._("Introduction"),
            "closing_text": self.env._("Closing"),
            "terms": self.env._("Terms and conditions"),
            "untaxed": self.env._("Untaxed amount"),
            "tax": self.env._("Taxes"),
            "total": self.env._("Total"),
        }

    @api.model
    def _get_kind_labels(self):
        return {
            "added": self.env._("New"),
            "removed": self.env._("Removed"),
            "changed": self.env._("Changed"),
            "same": self.env._("Same"),
        }

    @api.model
    def _get_comparison_cells(self):
        """Return [(field of a line, label, whether it is money)]."""
        return [
            ("quantity", self.env._("Quantity"), False),
            ("unit", self.env._("Unit"), False),
            ("price_unit", self.env._("Unit price"), False),
            ("discount", self.env._("Discount %"), False),
            ("taxes", self.env._("Taxes"), False),
            ("subtotal", self.env._("Amount"), True),
        ]

    # === What the customer sees of earlier revisions === #

    def _get_replaced_revisions(self):
        """Return the earlier revisions, the newest first."""
        self.ensure_one()
        if self.revision_number < 2:
            return self.env["sales.quotation.revision"]
        # sudo: shown on the customer's own page.
        revisions = self.sudo().quotation_revision_ids.sorted("number", reverse=True)
        return revisions.filtered(lambda r: r.number < self.revision_number)

    def _get_shown_revision(self):
        """Return the newest revision the customer has got."""
        self.ensure_one()
        return self.sudo().quotation_revision_ids.sorted("number")[-1:]
