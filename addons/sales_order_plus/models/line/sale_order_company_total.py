from odoo import api, fields, models

from ...exceptions import LineRuleError


class SaleOrder(models.Model):
    """The total in our own currency, and the rate it stands at."""

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
    )
    rate_locked = fields.Boolean(
        copy=False,
        groups="base.group_user",
        help="Keep the rate that was agreed: it does not follow the order date, not "
        "even when the order is confirmed.",
    )
    rate_age = fields.Integer(
        string="Age of the Rate (days)",
        compute="_compute_rate_age",
        groups="base.group_user",
        help="Days since the rate was last recorded. 0 in the company's currency.",
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

    @api.depends("rate_locked")
    def _compute_currency_rate(self):
        # sudo: the lock is internal, the rate may be computed for anyone.
        locked = self.sudo().filtered(lambda o: o.rate_locked and o._origin.id)
        others = self.filtered(lambda order: order.id not in locked._ids)
        result = super(SaleOrder, others)._compute_currency_rate()
        for order in locked:
            order.currency_rate = order._origin.currency_rate
        return result

    @api.depends("currency_id", "company_id", "date_order")
    def _compute_rate_age(self):
        today = fields.Date.context_today(self)
        for order in self:
            date = order._get_rate_date()
            order.rate_age = (today - date).days if date else 0

    def _get_rate_date(self):
        """Return the day of the recorded rate the order stands on, or False."""
        self.ensure_one()
        if not self.currency_id or self.currency_id == self.company_currency_id:
            return False
        # sudo: rates are plain to see, the group that may read the model is not.
        rates = self.env["res.currency.rate"].sudo()
        return rates.search(
            [
                ("currency_id", "=", self.currency_id.id),
                ("company_id", "in", [False, self.company_id.root_id.id]),
                ("name", "<=", self.date_order or fields.Datetime.now()),
            ],
            order="name desc",
            limit=1,
        ).name

    @api.depends("order_line.price_unit", "order_line.discount", "order_line.tax_ids")
    def _compute_amount_options(self):
        for order in self:
            order.amount_options = order._get_options_total()

    def _get_options_total(self):
        """Return the total of one of each option that is not chosen."""
        self.ensure_one()
        options = self._get_priced_lines().filtered(
            lambda line: not line.product_uom_qty and line._is_line_optional()
        )
        if not options:
            return 0.0
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

    def write(self, vals):
        if "pricelist_id" in vals and vals.get("rate_locked") is not False:
            self._check_rate_unlocked(vals["pricelist_id"])
        return super().write(vals)

    def _check_rate_unlocked(self, pricelist_id):
        """Refuse to swap the currency under a rate that was agreed."""
        pricelist = self.env["product.pricelist"].browse(pricelist_id)
        for order in self.sudo().filtered("rate_locked"):
            currency = pricelist.currency_id or order.company_currency_id
            if currency != order.currency_id:
                raise LineRuleError(
                    self.env._(
                        "Pricelist: %(order)s is agreed at a fixed rate in %(currency)s. "
                        "Take out “Rate Locked” first, or use Change Currency.",
                        order=order.display_name,
                        currency=order.currency_id.name,
                    ),
                    field="pricelist_id",
                )
