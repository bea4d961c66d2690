from odoo import api, fields, models

from odoo.addons.sales_order_plus.models.seam.moments import get_local

from ..tools import calendar


class SalesSubscriptionLine(models.Model):
    """Lines billed by what was used."""

    _inherit = "sales.subscription.line"

    quantity_mode = fields.Selection(
        selection=[
            ("fixed", "Fixed"),
            ("usage", "What is used"),
            ("overage", "Fixed, and what is used above"),
        ],
        string="Quantity Is",
        required=True,
        default="fixed",
        help="Fixed quantities are billed with their period; what was used after it.",
    )
    is_usage = fields.Boolean(
        compute="_compute_is_usage", help="Nothing but what is used is billed."
    )
    meter_id = fields.Many2one(
        "sales.usage.meter",
        compute="_compute_meter_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        help="What counts the usage.",
    )

    @api.depends("quantity_mode")
    def _compute_is_usage(self):
        for line in self:
            line.is_usage = line.quantity_mode == "usage"

    @api.depends("quantity_mode", "product_id")
    def _compute_meter_id(self):
        meters = self.env["sales.usage.meter"].sudo()
        for line in self:
            if line.quantity_mode == "fixed":
                line.meter_id = False
            elif not line.meter_id:
                line.meter_id = meters.search(
                    [("product_id", "=", line.product_id.id)], limit=1
                )

    def _get_usage_events(self, until):
        """Return the events before the local midnight that begins day ``until``."""
        moment = calendar.get_utc_midnight(until, self.subscription_id.tz)
        # sudo: billing reads what was used, whatever rights who runs it has.
        return (
            self.env["sales.usage.event"]
            .sudo()
            .search([("line_id", "=", self.id), ("occurred_at", "<", moment)])
        )

    def _prepare_usage_charges(self, until):
        """Return (values of charges, events they bill) of what is used and not billed.

        Events are rated in the period they happened in. One that comes late, after its
        period was billed, is billed as the difference it makes to that period.

        :param date until: first day that does not count yet
        """
        self.ensure_one()
        if self.quantity_mode == "fixed" or not self.meter_id:
            return [], self.env["sales.usage.event"]
        events = self._get_usage_events(until)
        new = events.filtered(lambda event: not event.period_id)
        schedule, tz = self.subscription_id._get_schedule(), self.subscription_id.tz
        by_number = events.grouped(
            lambda event: schedule.get_number(get_local(event.occurred_at, tz).date())
        )
        vals_list = []
        for number, happened in sorted(by_number.items()):
            if happened & new:
                vals_list += self._prepare_usage_charge(
                    number, happened, happened - new
                )
        if self.plan_price_id.sudo().minimum_amount:
            vals_list += self._prepare_minimum_charge(until, by_number)
        return vals_list, new

    def _prepare_usage_charge(self, number, events, billed):
        """Return the charge of period ``number`` less what is billed of it already."""
        meter = self.meter_id.sudo()
        quantity, amount = self._rate_usage(meter._aggregate(events))
        if billed:
            before = self._rate_usage(meter._aggregate(billed))
            quantity, amount = quantity - before[0], amount - before[1]
        amount = self.currency_id.round(amount)
        if not quantity and not amount:
            return []
        start, end = self._get_usage_span(number)
        return [self._prepare_usage_vals(number, quantity, amount, start, end)]

    def _prepare_minimum_charge(self, until, by_number):
        """Return the minimum of the period before ``until`` if nothing was used in it."""
        number = self.subscription_id._get_schedule().get_number(until) - 1
        charged = self.subscription_id.charge_ids.filtered(
            lambda charge: charge.line_id == self and charge.period_no == number
        )
        if number < max(self.first_period, 1) or number in by_number or charged:
            return []
        amount = self._rate_usage(0.0)[1]
        start, end = self._get_usage_span(number)
        return [self._prepare_usage_vals(number, 0.0, amount, start, end)]

    def _get_usage_span(self, number):
        start, end = self.subscription_id._get_period_dates(number)
        anchor = self.subscription_id.anchor_date
        return start or anchor, end or anchor

    def _rate_usage(self, used):
        """Return (units to pay, amount) of what was used in a period."""
        if self.quantity_mode == "overage":
            used = max(used - self.quantity, 0.0)
        # sudo: the plan's table, whoever bills.
        price = self.plan_price_id.sudo()
        if price:
            return price._rate_usage(used)
        return used, used * self.price_unit

    def _prepare_usage_vals(self, number, quantity, amount, start, end):
        return {
            "subscription_id": self.subscription_id.id,
            "line_id": self.id,
            "product_id": self.product_id.id,
            "kind": "usage",
            "name": self.name,
            "quantity": quantity,
            "amount": amount * (1 - self.discount / 100),
            "tax_ids": self.tax_ids.ids,
            "date_from": start,
            "date_to": end,
            "period_no": number,
        }
