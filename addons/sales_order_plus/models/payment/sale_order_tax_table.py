from odoo import fields, models


class SaleOrder(models.Model):
    """Taxes of the place the goods go to, from the table of the company."""

    _inherit = "sale.order"

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(("partner_shipping_id", "date_order")):
            for order in self.filtered(lambda o: o._may_use_tax_table()):
                # Also where a fiscal position takes over: the old place is gone.
                order._recompute_taxes()
        return result

    def _may_use_tax_table(self):
        self.ensure_one()
        provider = self.company_id.sudo().tax_provider_id
        return provider.kind == "table" and self.state in ("draft", "sent")

    def _uses_tax_table(self):
        """Return whether the table decides; a fiscal position goes before it."""
        self.ensure_one()
        return self._may_use_tax_table() and not self.fiscal_position_id

    def _get_table_taxes(self):
        self.ensure_one()
        # sudo: the table is kept by accountants.
        rates = self.env["sales.tax.rate"].sudo()
        return rates._get_taxes(
            self.company_id, self.partner_shipping_id, self._get_tax_day()
        )

    def _get_tax_day(self):
        """Return the day of the order where the company is."""
        zone = self.company_id.partner_id.tz or self.env.user.tz or "UTC"
        moment = self.date_order or fields.Datetime.now()
        local = self.with_context(tz=zone)
        return fields.Datetime.context_timestamp(local, moment).date()


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _compute_tax_ids(self):
        super()._compute_tax_ids()
        for order, lines in self.grouped("order_id").items():
            if not order or not order._uses_tax_table():
                continue
            taxes = order._get_table_taxes()
            if taxes:
                lines._get_taxable().tax_ids = taxes

    def _get_taxable(self):
        """Return the lines whose taxes a jurisdiction may replace.

        What is exempt stays exempt, and so does a price that includes its tax:
        exchanging that tax would change the price.
        """
        return self.filtered(
            lambda line: line.tax_ids and not any(line.tax_ids.mapped("price_include"))
        )
