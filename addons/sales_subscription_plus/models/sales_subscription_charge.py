from odoo import fields, models
from odoo.tools import format_date


class SalesSubscriptionCharge(models.Model):
    """Money for or against the customer besides the periods: changes and usage.

    It waits for the next order of the subscription; ``period_id`` is the row of the
    ledger that billed it, and with it that it was billed once.
    """

    _name = "sales.subscription.charge"
    _description = "Subscription Charge"
    _order = "subscription_id, id"

    subscription_id = fields.Many2one(
        "sales.subscription",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Subscription it belongs to.",
    )
    company_id = fields.Many2one(
        related="subscription_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(
        related="subscription_id.currency_id", store=True, precompute=True
    )
    line_id = fields.Many2one(
        "sales.subscription.line",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Line it comes from.",
    )
    change_id = fields.Many2one(
        "sales.subscription.change",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Change it comes from.",
    )
    kind = fields.Selection(
        selection=[
            ("credit", "Credit"),
            ("charge", "Charge"),
            ("usage", "Usage"),
            ("one_time", "Once"),
        ],
        required=True,
        readonly=True,
        help="Credits give back days that are not used as billed.",
    )
    product_id = fields.Many2one(
        "product.product",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="What it is for.",
    )
    name = fields.Text(required=True, readonly=True, help="Text on the order.")
    quantity = fields.Float(
        digits="Product Unit", readonly=True, default=1.0, help="How much it is for."
    )
    amount = fields.Monetary(
        required=True,
        readonly=True,
        help="Amount in the terms of the unit price; below zero for the customer.",
    )
    full_price = fields.Float(
        readonly=True,
        groups="base.group_user",
        help="Price of the full period it is a part of.",
    )
    rounding = fields.Float(
        readonly=True,
        groups="base.group_user",
        help="What rounding took from the exact amount; the next charge of the line and "
        "period makes up for it, so that all of them together are right to the cent.",
    )
    tax_ids = fields.Many2many(
        "account.tax",
        readonly=True,
        help="Taxes: of what is credited as it was billed, else those of today.",
    )
    date_from = fields.Date(readonly=True, help="First day it is for.")
    date_to = fields.Date(readonly=True, help="Last day it is for.")
    period_no = fields.Integer(
        readonly=True, aggregator=None, help="Number of the period it is part of."
    )
    period_id = fields.Many2one(
        "sales.subscription.period",
        string="Billed In",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Row of the ledger whose order bills it; none: it waits.",
    )

    # A change credits and charges each line and period once, however often it is tried.
    _change_uniq = models.UniqueIndex(
        "(change_id, kind, line_id, period_no) WHERE change_id IS NOT NULL",
        "This change is charged already.",
    )

    def _prepare_order_lines(self, period):
        """Take the charges into ``period`` and return the values of its order's lines."""
        self.write({"period_id": period.id})
        return [charge._prepare_order_line_vals() for charge in self if charge.amount]

    def _prepare_order_line_vals(self):
        """Return the values of the order line that bills the charge."""
        self.ensure_one()
        usage = self.kind == "usage" and self.quantity > 0
        quantity = self.quantity if usage else 1.0
        return {
            "sequence": 1000,
            "product_id": self.product_id.id,
            "name": self._get_text(),
            "product_uom_qty": quantity,
            "product_uom_id": (self.line_id or self).product_id.uom_id.id,
            "price_unit": self.amount / quantity,
            "discount": 0.0,
            "tax_ids": self.tax_ids.ids,
            "sales_subscription_line_id": self.line_id.id,
            # What is credited must not be taken for the price in force.
            "sales_period_no": self.period_no if self.kind == "charge" else 0,
            "sales_period_price": self.full_price,
            "sales_service_from": self.date_from,
            "sales_service_to": self.date_to,
            "sales_subscription_role": "adjustment",
            "sales_plan_id": False,
        }

    def _get_text(self):
        lang = self.subscription_id.partner_id.lang
        if not self.date_from:
            return self.name
        start, end = (
            format_date(self.env, date, lang_code=lang)
            for date in (self.date_from, self.date_to)
        )
        return f"{self.name}\n{start} – {end}"
