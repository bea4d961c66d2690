from odoo import api, fields, models


class SalesRestockingFee(models.Model):
    """What customers pay when they cancel, or send goods back.

    The first fee that fits a line holds for it; all lines of one fee share its minimum
    and maximum. Where we are to blame nothing is charged.
    """

    _name = "sales.restocking.fee"
    _description = "Restocking Fee"
    _inherit = ["sales.ranked.mixin"]
    _order = "sequence, id"

    name = fields.Char(
        required=True, translate=True, help="What the customer reads, with the number."
    )
    charged_on = fields.Selection(
        selection=[
            ("cancel", "Cancellations"),
            ("return", "Returns"),
            ("both", "Cancellations and Returns"),
        ],
        required=True,
        default="both",
        help="What it is charged for.",
    )
    kind = fields.Selection(
        selection=[("percent", "Percentage"), ("fixed", "Fixed Amount")],
        required=True,
        default="percent",
        help="A part of what the goods are worth, or one amount for each request.",
    )
    percent = fields.Float(
        string="Fee (%)", default=10.0, help="Of what the goods are worth, untaxed."
    )
    amount = fields.Monetary(string="Fee", help="For each cancellation or return.")
    amount_min = fields.Monetary(
        string="At Least", help="But never more than the goods are worth."
    )
    amount_max = fields.Monetary(string="At Most", help="0: no limit.")
    product_id = fields.Many2one(
        "product.product",
        required=True,
        domain="[('type', '=', 'service')]",
        default=lambda self: self.env.ref(
            "sales_order_plus.product_restocking_fee", raise_if_not_found=False
        ),
        help="The service that is charged; its taxes and its account are taken.",
    )
    category_ids = fields.Many2many(
        "product.category",
        string="Product Categories",
        help="With all below them; empty: all products.",
    )
    cancel_reason_ids = fields.Many2many(
        "sales.cancel.reason", string="Cancellation Reasons", help="Empty: all."
    )
    return_reason_ids = fields.Many2many(
        "sales.return.reason", string="Return Reasons", help="Empty: all."
    )
    band = fields.Selection(
        selection=[
            ("after", "Days since it was confirmed, or delivered"),
            ("before", "Days before the planned delivery"),
        ],
        string="Time",
        required=True,
        default="after",
        help="Cancellations count from the confirmation, returns from the delivery.",
    )
    days_from = fields.Float(string="From (days)", help="From so many days on.")
    days_until = fields.Float(
        string="Until (days)", help="Before so many days; 0: no end."
    )

    _amounts = models.Constraint(
        "CHECK (percent BETWEEN 0 AND 100 AND amount >= 0 AND amount_min >= 0"
        " AND amount_max >= 0 AND (amount_max = 0 OR amount_max >= amount_min))",
        "Fee, At Least, At Most: enter 0 or more, at most 100 %, and a maximum that is "
        "not below the minimum.",
    )
    _days = models.Constraint(
        "CHECK (days_from >= 0 AND (days_until = 0 OR days_until > days_from))",
        "From, Until: the time ends after it begins.",
    )

    # === Which one holds === #

    @api.model
    def _get_fees(self, order, worths, case):
        """Return what is charged, as superuser.

        :param dict worths: {order line: what of it goes, untaxed}
        :param FeeCase case: what is charged for
        :return: {fee: {order line: amount in the currency of the order}}
        """
        # sudo: they hold for everybody, also for who may not read them.
        fees = self.sudo().browse(self._get_active_ids(order.company_id.id))
        if not fees or case.reason.sudo().our_fault:
            return {}
        by_fee = {}
        for line, worth in worths.items():
            fee = next((one for one in fees if one._fits(line, case)), None)
            if fee and worth > 0:
                by_fee.setdefault(fee, {})[line] = worth
        charged = {fee: fee._spread(order, by_line) for fee, by_line in by_fee.items()}
        return {fee: by_line for fee, by_line in charged.items() if by_line}

    def _fits(self, line, case):
        """Return whether the fee is meant for this line of an order."""
        self.ensure_one()
        reasons = self[f"{case.on}_reason_ids"]
        return (
            self.charged_on in (case.on, "both")
            and (not reasons or case.reason in reasons)
            and self._is_in_band(case)
            and self._is_in_category(line.product_id.categ_id)
        )

    def _is_in_band(self, case):
        days = case.days_before if self.band == "before" else case.days_after
        if days is None:
            return not self.days_from and not self.days_until
        ended = self.days_until and days >= self.days_until
        return days >= self.days_from and not ended

    def _is_in_category(self, category):
        path = (category.parent_path or "").split("/")
        return not self.category_ids or any(
            str(one.id) in path for one in self.category_ids
        )

    # === How much === #

    def _spread(self, order, by_line):
        """Return {order line: its part of the fee}, to the cent; empty: nothing."""
        currency = order.currency_id
        worth = sum(by_line.values())
        total = min(currency.round(self._get_amount(order, worth)), worth)
        if currency.compare_amounts(total, 0) <= 0:
            return {}
        parts, rest = {}, total
        for line, value in by_line.items():
            parts[line] = min(currency.round(total * value / worth), rest)
            rest = currency.round(rest - parts[line])
        parts[line] += rest
        return parts

    def _get_amount(self, order, worth):
        """Return the fee of goods worth ``worth``, in the currency of the order."""

        def convert(amount):
            today = fields.Date.context_today(order)
            return self.currency_id._convert(
                amount, order.currency_id, order.company_id, today
            )

        fixed = self.kind == "fixed"
        amount = convert(self.amount) if fixed else worth * self.percent / 100
        amount = max(amount, convert(self.amount_min))
        return min(amount, convert(self.amount_max)) if self.amount_max else amount
