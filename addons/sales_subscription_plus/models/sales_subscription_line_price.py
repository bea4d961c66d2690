from odoo import api, fields, models

from ..tools import proration

# States of a period that is, or will be, paid for.
BILLED = ("planned", "ordered", "invoiced", "paid")


class SalesSubscriptionLine(models.Model):
    """What a line costs in one period, and what it puts on the period's order."""

    _inherit = "sales.subscription.line"

    date_from = fields.Date(
        string="From", help="First day it is sold; empty: from the start."
    )
    date_to = fields.Date(string="To", help="Last day it is sold; empty: to the end.")
    first_period = fields.Integer(
        compute="_compute_first_period",
        store=True,
        precompute=True,
        help="Number of the first period with the line; introductory prices count "
        "from it.",
    )

    _check_span = models.Constraint(
        "CHECK(date_from IS NULL OR date_to IS NULL OR date_to >= date_from)",
        "To: it lies before From.",
    )

    @api.depends("subscription_id")
    def _compute_first_period(self):
        for line in self:
            number = line.subscription_id.period_no
            started = line.subscription_id.state in ("active", "past_due", "paused")
            # Added while a period runs that is billed already: it belongs to that one.
            line.first_period = max(number, 1) if started else number + 1

    # === Prices === #

    def _get_season(self, number):
        """Return the season that changes period ``number`` of the line, or none."""
        self.ensure_one()
        subscription = self.subscription_id
        # sudo: the plan's table, whoever bills.
        seasons = subscription.plan_id.sudo().season_ids
        start = seasons and subscription._get_period_dates(number)[0]
        return seasons._find(self.product_id, start) if start else seasons.browse()

    def _get_unit_terms(self, number):
        """Return (quantity, unit price, discount) of the full period ``number``.

        Seasons, introductory prices and discounts granted are in it.
        """
        self.ensure_one()
        season = self._get_season(number)
        quantity = self.quantity * (season.quantity_factor if season else 1.0)
        price = self.price_unit * (season.price_factor if season else 1.0)
        percents = [self.discount, *self._get_granted_percents(number)]
        percents = [percent for percent in percents if percent]
        for percent in percents[:-1]:
            price *= 1 - percent / 100
        return quantity, price, percents[-1] if percents else 0.0

    def _get_granted_percents(self, number):
        """Return the discounts of period ``number`` besides the line's own."""
        # sudo: what was granted counts, whoever bills.
        price = self.plan_price_id.sudo()
        percents = []
        if price and 0 <= number - self.first_period < price.intro_periods:
            percents.append(price.intro_discount)
        for discount in self.subscription_id.sudo().discount_ids:
            if discount._holds_for(number):
                percents.append(discount.percent)
        return percents

    def _get_full_price(self, number):
        """Return what the full period ``number`` costs, rounded, as a Decimal."""
        quantity, price, discount = self._get_unit_terms(number)
        amount = quantity * price * (1 - discount / 100)
        # Binary dust of the product above must not decide which way a half is rounded.
        return proration.round_money(round(amount, 9), self.currency_id.decimal_places)

    def _get_days(self, number):
        """Return (first day, last day) the line is sold in period ``number``, or None."""
        self.ensure_one()
        start, end = self.subscription_id._get_period_dates(number)
        if not start:
            return None
        start, end = max(start, self.date_from or start), min(end, self.date_to or end)
        return (start, end) if start <= end else None

    def _get_piece(self, price, number, first, last):
        """Return what the days ``first`` to ``last`` cost of a full period's price."""
        full = self.subscription_id._get_schedule().get_full_period(number)
        digits = self.currency_id.decimal_places
        return proration.get_piece(price, full, first, last, digits)

    # === Lines of orders === #

    def _prepare_order_line_vals(self):
        """Return the values of a line of an order that sells what was agreed."""
        self.ensure_one()
        return {
            "sequence": self.sequence,
            "product_id": self.product_id.id,
            "name": self.name,
            "product_uom_qty": self.quantity,
            "product_uom_id": self.product_uom_id.id,
            "price_unit": self.price_unit,
            "discount": self.discount,
            "tax_ids": self.tax_ids.ids,
            "sales_subscription_line_id": self.id,
            # The order of a period never starts a subscription of its own.
            "sales_plan_id": False,
        }

    def _prepare_period_vals_list(self, number):
        """Return the values of the lines of period ``number``'s order, if any."""
        vals = self._prepare_period_line_vals(number)
        return [{**vals, "sales_period_no": number}] if vals else []

    def _prepare_period_line_vals(self, number):
        """Return the values of the line of period ``number``, or None without one."""
        self.ensure_one()
        days = self._get_days(number)
        if self.is_usage or not days or self._get_season(number).skip:
            return None
        quantity, price, discount = self._get_unit_terms(number)
        full = self._get_full_price(number)
        piece = self._get_period_piece(full, number, *days)
        if piece is None:
            return None
        if piece != full:
            part = quantity * (1 - discount / 100)
            price = float(piece) / part if part else 0.0
        return {
            **self._prepare_order_line_vals(),
            "product_uom_qty": quantity,
            "price_unit": price,
            "discount": discount,
            "sales_period_price": float(full),
            "sales_service_from": days[0],
            "sales_service_to": days[1],
        }

    def _get_period_piece(self, full, number, first, last):
        """Return what a period costs that may be short; None for nothing at all."""
        whole = self.subscription_id._get_schedule().get_full_period(number)
        if (first, last) == whole:
            return full
        policy = self.subscription_id.plan_id.first_period
        if policy == "prorate":
            return self._get_piece(full, number, first, last)
        return full if policy == "full" else None

    def _get_billed_terms(self, number):
        """Return (full price, taxes) that period ``number`` was billed at last, or None.

        Charges that wait for the next order count too: they are agreed.
        """
        self.ensure_one()
        waiting = self.subscription_id.charge_ids.filtered(
            lambda charge: (
                charge.line_id == self
                and charge.period_no == number
                and charge.kind == "charge"
                and not charge.period_id
            )
        )
        if waiting:
            newest = waiting.sorted("id")[-1]
            return newest.full_price, newest.tax_ids
        rows = self.subscription_id.period_ids.filtered(lambda row: row.state in BILLED)
        # Newer rows may be invoiced without an order, should the plan have changed.
        lines = [
            line
            for row in rows.sorted("id")
            for line in (
                *row.order_line_ids.sorted("id"),
                *row.invoice_line_ids.sorted("id"),
            )
            if line.sales_subscription_line_id == self
            and line.sales_period_no == number
        ]
        return (lines[-1].sales_period_price, lines[-1].tax_ids) if lines else None
