from odoo import api, fields, models


class SaleOrder(models.Model):
    """The total in our own currency, and a rate that was agreed."""

    _inherit = "sale.order"

    company_currency_id = fields.Many2one(
        related="company_id.currency_id",
        string="Company Currency",
        groups="base.group_user",
        help="Currency of the company that sells.",
    )
    amount_total_company = fields.Monetary(
        string="Total (company)",
        currency_field="company_currency_id",
        compute="_compute_amount_total_company",
        store=True,
        groups="base.group_user",
        help="Total in the currency of the company, at the rate of the order.",
        prefetch="sales_rare",
    )
    amount_options = fields.Monetary(
        string="Options not Included",
        compute="_compute_amount_options",
        groups="base.group_user",
        help="What one of each option costs that is offered and not chosen; not part "
        "of the total.",
    )

    @api.depends("amount_total", "currency_rate", "company_id")
    def _compute_amount_total_company(self):
        for order in self:
            amount = order.amount_total / (order.currency_rate or 1.0)
            currency = order.company_id.currency_id
            order.amount_total_company = currency.round(amount) if currency else amount

    @api.depends("order_line.price_unit", "order_line.discount", "order_line.tax_ids")
    def _compute_amount_options(self):
        for order in self:
            order.amount_options = order._get_options_total()

    def _get_options_total(self):
        """Return the total of one of each option that is not chosen."""
        self.ensure_one()
        unchosen = self.order_line.filtered(lambda line: not line.product_uom_qty)
        if not unchosen:
            return 0.0
        options = (unchosen & self._get_priced_lines()).filtered(
            lambda line: line._is_line_optional()
        )
        base_lines = [
            line._prepare_base_line_for_taxes_computation(quantity=1.0)
            for line in options
        ]
        engine = self.env["account.tax"]
        engine._add_tax_details_in_base_lines(base_lines, self.company_id)
        engine._round_base_lines_tax_details(base_lines, self.company_id)
        totals = engine._get_tax_totals_summary(
            base_lines, self.currency_id, self.company_id
        )
        return totals["total_amount_currency"]
