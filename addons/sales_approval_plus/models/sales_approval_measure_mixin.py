from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_compare, formatLang

NUMBERS = ("amount", "percent", "days", "count", "score")
# Kinds whose value is a list of ids.
SETS = ("categories", "rules")


@dataclass(frozen=True)
class Metric:
    """What a measured value is.

    :param kind: amount (company currency), percent, days, count, score, flag (yes or
        no), categories or rules (list of ids)
    :param operator: how it is usually compared
    :param shared: whether it depends on what others order in the same moment
    """

    kind: str
    operator: str = "from"
    shared: bool = False


METRICS = {
    "amount": Metric("amount"),
    "amount_day": Metric("amount", shared=True),
    "discount": Metric("percent"),
    "pricelist_discount": Metric("percent"),
    "line_discount": Metric("percent"),
    "competitor_gap": Metric("percent", "below"),
    "discount_deviation": Metric("score", shared=True),
    "margin": Metric("percent", "below"),
    "line_margin": Metric("percent", "below"),
    "new_customer": Metric("flag", "is", shared=True),
    "overdue_amount": Metric("amount", "above"),
    "overdue_days": Metric("days", "above"),
    "credit_excess": Metric("amount", "above", shared=True),
    "payment_days": Metric("days", "above"),
    "payment_extension": Metric("days", "above"),
    "categories": Metric("categories", "is"),
    "short_lines": Metric("count", "from", shared=True),
    "promise_gap": Metric("days", "from", shared=True),
    "lead_days": Metric("days", "below"),
    "address_mismatch": Metric("flag", "is"),
}


class SalesApprovalMeasureMixin(models.AbstractModel):
    """A measured value of an order and the limit it is compared with.

    Another addon adds a metric by adding it to the selection and to
    :meth:`_get_metric_specs`, and by giving orders a method ``_measure_<metric>``.
    """

    _name = "sales.approval.measure.mixin"
    _description = "Measured Condition"

    metric = fields.Selection(
        selection=[
            ("amount", "Untaxed amount"),
            ("amount_day", "Untaxed amount of the customer within 24 hours"),
            ("discount", "Discount from the sales prices"),
            ("pricelist_discount", "Discount from the price list"),
            ("line_discount", "Highest discount of a line from the price list"),
            ("competitor_gap", "Lowest price compared with the competitors"),
            ("discount_deviation", "Discount compared with the customer's history"),
            ("margin", "Margin"),
            ("line_margin", "Lowest margin of a line"),
            ("new_customer", "New customer"),
            ("overdue_amount", "Overdue amount of the customer"),
            ("overdue_days", "Days the oldest invoice is overdue"),
            ("credit_excess", "Amount over the credit limit"),
            ("payment_days", "Days until the last payment is due"),
            ("payment_extension", "Days of payment more than agreed with the customer"),
            ("categories", "Product category"),
            ("short_lines", "Lines that are not in stock"),
            ("promise_gap", "Days promised before the goods are there"),
            ("lead_days", "Days until the promised delivery"),
            ("address_mismatch", "Invoice and delivery in different countries"),
        ],
        required=True,
        default="amount",
        help="What is measured. Amounts are in company currency at the rate of the order "
        "date, without taxes and the delivery charge.",
    )
    kind = fields.Selection(
        selection=[
            ("amount", "Amount"),
            ("percent", "Percent"),
            ("days", "Days"),
            ("count", "Number"),
            ("score", "Score"),
            ("flag", "Yes or no"),
            ("categories", "Product categories"),
            ("rules", "Validation rules"),
        ],
        compute="_compute_kind",
        help="What the value is.",
    )
    operator = fields.Selection(
        selection=[
            ("from", "from"),
            ("above", "more than"),
            ("below", "less than"),
            ("is", "is"),
            ("is_not", "is not"),
        ],
        compute="_compute_operator",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="How the measured value is compared.",
    )
    value = fields.Float(
        digits=(16, 2),
        help="Limit in the unit of what is measured: company currency, percent, days.",
    )
    category_ids = fields.Many2many(
        "product.category",
        string="Categories",
        help="Products of these categories, and of those below them.",
    )

    # === What is measured === #

    @api.model
    def _get_metric_specs(self):
        """Return {metric: Metric}."""
        return METRICS

    def _get_spec(self):
        self.ensure_one()
        return self._get_metric_specs()[self.metric or "amount"]

    @api.depends("metric")
    def _compute_kind(self):
        for record in self:
            record.kind = record._get_spec().kind

    @api.depends("metric")
    def _compute_operator(self):
        for record in self:
            record.operator = record._get_spec().operator

    @api.model
    def _get_operators(self, spec):
        if spec.kind in NUMBERS:
            return ("from", "above", "below")
        return ("is", "is_not")

    @api.constrains("metric", "operator", "value", "category_ids")
    def _check_measure(self):
        for record in self:
            record._check_operator()
            record._check_limit()

    def _check_operator(self):
        self.ensure_one()
        if self.operator not in self._get_operators(self._get_spec()):
            raise ValidationError(
                self.env._(
                    "Comparison: “%(metric)s” cannot be compared by “%(operator)s”. "
                    "Choose another comparison.",
                    metric=self._get_label("metric"),
                    operator=self._get_label("operator"),
                )
            )

    def _check_limit(self):
        self.ensure_one()
        spec = self._get_spec()
        if spec.kind == "categories" and not self.category_ids:
            raise ValidationError(
                self.env._("Categories: choose at least one product category.")
            )
        if self.metric in ("discount", "pricelist_discount", "line_discount") and not (
            0 <= self.value <= 100
        ):
            raise ValidationError(
                self.env._(
                    "Value: give a discount between 0 and 100 percent for “%s”.",
                    self._get_label("metric"),
                )
            )
        if spec.kind == "amount" and self.value < 0:
            raise ValidationError(
                self.env._(
                    "Value: give an amount of 0 or more for “%s”.",
                    self._get_label("metric"),
                )
            )

    def _get_label(self, name):
        self.ensure_one()
        return dict(self._fields[name]._description_selection(self.env))[self[name]]

    # === Comparing === #

    def _get_currency(self):
        """Return the currency amounts are compared in."""
        return self.env.company.currency_id

    def _compare(self, value, other):
        """Compare two numbers: -1, 0 or 1, at the precision people see."""
        self.ensure_one()
        if self.kind == "amount":
            return self._get_currency().compare_amounts(value, other)
        return float_compare(value, other, precision_digits=2)

    def _is_reached(self, value):
        """Return whether the measured ``value`` meets the condition."""
        self.ensure_one()
        if self.operator in ("is", "is_not"):
            return bool(self._narrow(value)) == (self.operator == "is")
        order = self._compare(value, self.value)
        return {"from": order >= 0, "above": order > 0, "below": order < 0}[
            self.operator
        ]

    def _is_worse(self, value, before):
        """Return whether ``value`` meets the condition more than ``before`` did."""
        self.ensure_one()
        if self.operator == "below":
            return self._compare(value, before) < 0
        if self.operator in ("from", "above"):
            return self._compare(value, before) > 0
        if self.kind in SETS and self.operator == "is":
            return bool({*self._narrow(value)} - {*self._narrow(before)})
        return self._is_reached(value) and not self._is_reached(before)

    def _narrow(self, value):
        """Return of a list of ids those the condition is about."""
        if self.kind not in SETS:
            return value
        # sudo: what is measured does not depend on who asks.
        return self.sudo()._narrow_records(value or ()).ids

    def _narrow_records(self, ids):
        """Return the records of ``ids`` the condition is about."""
        categories = self.env["product.category"].browse(ids).exists()
        wanted = tuple(self.category_ids.ids)
        return categories.filtered(lambda one: one._is_within(wanted))

    def _get_wanted_records(self):
        """Return the records a condition about a list is limited to."""
        return self.category_ids

    # === In words === #

    def _format(self, value):
        """Return a measured value as people read it."""
        self.ensure_one()
        env = self.env
        if self.kind == "amount":
            return formatLang(env, value, currency_obj=self._get_currency())
        if self.kind == "percent":
            return f"{formatLang(env, value)}%"
        if self.kind == "days":
            return env._("%s days", formatLang(env, value, digits=0))
        if self.kind in ("count", "score"):
            return formatLang(env, value, digits=0 if self.kind == "count" else 1)
        if self.kind == "flag":
            return env._("yes") if value else env._("no")
        # sudo: names of what was measured.
        found = self.sudo()._narrow_records(value or ())
        return ", ".join(found.mapped("name")) or env._("none")

    def _describe(self, value):
        """Return such as ``Discount from the sales prices 22.00% (from 15.00%)``."""
        self.ensure_one()
        label = self._get_label("metric")
        if self.kind == "flag":
            return label if value else self.env._("not: %s", label)
        if self.kind in SETS:
            return self.env._(
                "%(label)s %(value)s", label=label, value=self._format(value)
            )
        return self.env._(
            "%(label)s %(value)s (%(operator)s %(limit)s)",
            label=label,
            value=self._format(value),
            operator=self._get_label("operator"),
            limit=self._format(self.value),
        )

    def _describe_limit(self):
        """Return the condition in words, without a measured value."""
        self.ensure_one()
        label = self._get_label("metric")
        if self.kind == "flag":
            return label if self.operator == "is" else self.env._("not: %s", label)
        operator = self._get_label("operator")
        if self.kind in SETS:
            names = self._get_wanted_records().mapped("name")
            limit = ", ".join(names) or self.env._("any")
        else:
            limit = self._format(self.value)
        return self.env._(
            "%(label)s %(operator)s %(limit)s",
            label=label,
            operator=operator,
            limit=limit,
        )
