from odoo import api, fields, models


class SaleOrder(models.Model):
    """What an order in a foreign currency is worth to us, and by which rate."""

    _inherit = "sale.order"

    rate_date = fields.Date(
        compute="_compute_rate_date",
        groups="base.group_user",
        help="Day of the currency rate that the order uses.",
    )
    rate_age_days = fields.Integer(
        string="Age of Rate (days)",
        compute="_compute_rate_date",
        groups="base.group_user",
        help="How old the rate was on the day of the order.",
    )

    @api.depends("currency_id", "company_id", "date_order")
    def _compute_rate_date(self):
        """Ask for rates only where there is a foreign currency."""
        self.rate_date, self.rate_age_days = False, 0
        for order in self.filtered(lambda one: one._is_foreign()):
            day = fields.Datetime.context_timestamp(
                order, order.date_order or fields.Datetime.now()
            ).date()
            rate = order._get_rate_record(day)
            order.rate_date = rate.name
            order.rate_age_days = (day - rate.name).days if rate else 0

    def _is_foreign(self):
        return bool(self.currency_id) and self.currency_id != self.company_currency_id

    def _get_rate_record(self, day):
        company = self.company_id.root_id
        return self.env["res.currency.rate"].search(
            [
                ("currency_id", "in", (self.currency_id.id, company.currency_id.id)),
                ("company_id", "in", (company.id, False)),
                ("name", "<=", day),
            ],
            order="name desc",
            limit=1,
        )
