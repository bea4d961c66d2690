from odoo import models

from ...exceptions import LineRuleError


class SaleOrder(models.Model):
    """A quotation that moves to another currency."""

    _inherit = "sale.order"

    def _change_currency(self, currency, rate, pricelist=None, lock=False):
        """Convert this quotation.

        Prices set by hand are converted at ``rate``; all others come anew from
        the pricelist of the new currency.

        :raise LineRuleError: if the order is confirmed, the rate is not above 0, or
            the pricelist is in another currency
        """
        self.ensure_one()
        self._check_currency_change(currency, rate, pricelist)
        pricelist = pricelist or self._make_pricelist(currency)
        before = self.currency_id
        kept = self.order_line._get_kept_terms(rate)
        self.write({"pricelist_id": pricelist.id, "rate_locked": False})
        self._recompute_prices()
        for line, vals in kept.items():
            line.write(vals)
        self.rate_locked = lock
        self._log_event(
            "order.currency", before=before.name, after=currency.name, rate=rate
        )

    def _check_currency_change(self, currency, rate, pricelist):
        if self.state not in ("draft", "sent"):
            raise LineRuleError(
                self.env._(
                    "Currency: %(order)s is confirmed or cancelled. Only quotations "
                    "change their currency.",
                    order=self.display_name,
                ),
                field="currency_id",
            )
        if rate <= 0:
            raise LineRuleError(self.env._("Rate: give a rate above 0."), field="rate")
        if pricelist and pricelist.currency_id != currency:
            raise LineRuleError(
                self.env._(
                    "Pricelist: %(pricelist)s is in %(currency)s. Choose one in "
                    "%(wanted)s, or leave it empty.",
                    pricelist=pricelist.display_name,
                    currency=pricelist.currency_id.name,
                    wanted=currency.name,
                ),
                field="pricelist_id",
            )

    def _make_pricelist(self, currency):
        """Return a plain pricelist in ``currency``, or False for the company's own."""
        if currency == self.company_id.currency_id:
            return self.env["product.pricelist"]
        # sudo: a salesperson may need a currency nobody has sold in before.
        return (
            self.env["product.pricelist"]
            .sudo()
            .create(
                {
                    "name": self.env._("Prices in %(code)s", code=currency.name),
                    "currency_id": currency.id,
                    "company_id": self.company_id.id,
                }
            )
            .sudo(False)
        )


class SaleOrderLine(models.Model):
    """What people decided on a line outlives a change of currency."""

    _inherit = "sale.order.line"

    def _get_kept_terms(self, rate):
        """Return {line: values} of prices (at ``rate``) and discounts set by hand."""
        kept = {}
        for line in self.filtered("product_id"):
            vals = {}
            if line._get_price_source() == "manual":
                vals["price_unit"] = line.price_unit * rate
            if line._has_manual_discount() or vals:
                vals["discount"] = line.discount
            if vals:
                kept[line] = vals
        return kept

    def _has_manual_discount(self):
        self.ensure_one()
        by_rule = self._get_combined_discount()
        return abs(self.discount - by_rule) > 0.005
