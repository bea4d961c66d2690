from odoo import api, fields, models

from ...exceptions import LineRuleError


class SaleOrder(models.Model):
    """The rate a quotation was made at may hold until it expires."""

    _inherit = "sale.order"

    rate_locked = fields.Boolean(
        string="Lock Currency Rate",
        groups="base.group_user",
        help="Keep today's rate for the totals in company currency when the order is "
        "confirmed before it expires.",
        prefetch="sales_rare",
    )
    locked_rate = fields.Float(
        digits=0,
        compute="_compute_locked_rate",
        store=True,
        precompute=True,
        copy=False,
        groups="base.group_user",
        help="Units of the order's currency for one unit of the company's, when the "
        "rate was locked.",
    )

    @api.depends("rate_locked", "currency_id", "company_id")
    def _compute_locked_rate(self):
        for order in self:
            order.locked_rate = (
                self.env["res.currency"]._get_conversion_rate(
                    order.company_id.currency_id,
                    order.currency_id,
                    order.company_id,
                    fields.Date.context_today(order),
                )
                if order.rate_locked and order.currency_id
                else 0.0
            )

    @api.depends("locked_rate", "validity_date")
    def _compute_currency_rate(self):
        super()._compute_currency_rate()
        for order in self:
            # sudo: the lock is internal, the order may be computed for anyone.
            rate = order.sudo().locked_rate
            if rate and not order._is_rate_lock_over():
                order.currency_rate = rate

    def _is_rate_lock_over(self):
        """Return whether the order is dated after the quotation expired."""
        self.ensure_one()
        zone = self.company_id.partner_id.tz or self.env.user.tz or "UTC"
        day = fields.Datetime.context_timestamp(
            self.with_context(tz=zone), self.date_order or fields.Datetime.now()
        ).date()
        return bool(self.validity_date) and day > self.validity_date

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
                        "Take out “Lock Currency Rate” first, or use Change Currency.",
                        order=order.display_name,
                        currency=order.currency_id.name,
                    ),
                    field="pricelist_id",
                )
