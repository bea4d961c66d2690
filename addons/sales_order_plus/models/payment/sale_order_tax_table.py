from odoo import fields, models


class SaleOrder(models.Model):
    """Taxes of the place the goods go to, from the table of the company."""

    _inherit = "sale.order"

    def write(self, vals):
        result = super().write(vals)
        if "partner_shipping_id" in vals:
            for order in self.filtered(lambda o: o._may_use_tax_table()):
                # Also where a fiscal position takes over: the old place is gone.
                order._recompute_taxes()
        return result

    def _may_use_tax_table(self):
        self.ensure_one()
        return self.company_id.sudo().tax_by_table and self.state in ("draft", "sent")

    def _uses_tax_table(self):
        """Return whether the table decides; a fiscal position goes before it."""
        self.ensure_one()
        return self._may_use_tax_table() and not self.fiscal_position_id

    def _get_table_taxes(self):
        self.ensure_one()
        zone = self.company_id.partner_id.tz or self.env.user.tz or "UTC"
        moment = self.date_order or fields.Datetime.now()
        day = fields.Datetime.context_timestamp(
            self.with_context(tz=zone), moment
        ).date()
        # sudo: the table is kept by accountants.
        rates = self.env["sales.tax.rate"].sudo()
        return rates._get_taxes(self.company_id, self.partner_shipping_id, day)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _compute_tax_ids(self):
        super()._compute_tax_ids()
        for order, lines in self.grouped("order_id").items():
            if not order or not order._uses_tax_table():
                continue
            taxes = order._get_table_taxes()
            # What is exempt stays exempt, and so does a price that includes its tax:
            # exchanging that tax would change the price.
            taxed = lines.filtered("tax_ids")
            taxed = taxed.filtered(lambda x: not any(x.tax_ids.mapped("price_include")))
            if taxes:
                taxed.tax_ids = taxes
