import ast
import logging

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import float_compare, formatLang

_logger = logging.getLogger(__name__)


class SalesApprovalPolicy(models.Model):
    """When an order needs approval, and by whom.

    A policy hits an order of its company that matches the filter and reaches the
    limits. What is measured is defined in ``sale_order_metrics.py``.
    """

    _name = "sales.approval.policy"
    _inherit = ["sales.cached.mixin"]
    _description = "Approval Policy"
    _order = "sequence, id"

    name = fields.Char(
        required=True, translate=True, help="Shown to those whose order it stops."
    )
    sequence = fields.Integer(default=10, help="Order in lists and messages.")
    active = fields.Boolean(default=True, help="An archived policy stops nothing.")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        help="Orders of this company are measured, in its currency.",
    )
    currency_id = fields.Many2one(
        related="company_id.currency_id", help="Currency of the amount."
    )
    domain = fields.Char(
        string="Orders",
        default="[]",
        help="Only orders that match are measured; empty for all orders.",
    )
    min_amount = fields.Monetary(
        string="Amount From",
        help="Untaxed amount in company currency from which approval is needed, at the "
        "rate of the order date and without the delivery charge. 0: not measured.",
    )
    min_discount = fields.Float(
        string="Discount From (%)",
        digits=(5, 2),
        help="Effective discount in percent from which approval is needed. It counts "
        "line discounts, lowered prices, free items, and lines with a negative "
        "amount. 0: not measured.",
    )
    discount_basis = fields.Selection(
        selection=[
            ("discount", "Sales price of the product"),
            ("pricelist_discount", "Price list of the order"),
        ],
        string="Measured From",
        required=True,
        default="discount",
        help="Sales price: choosing a cheaper price list counts as a discount too. "
        "Price list: what the chosen price list grants is free.",
    )
    combine = fields.Selection(
        selection=[("any", "One limit is enough"), ("all", "Both limits together")],
        required=True,
        default="any",
        help="Whether an order must reach one of the limits or both.",
    )
    before_send = fields.Boolean(
        string="Before Sending",
        help="The quotation goes to the customer only when it is approved; until then "
        "its page in the portal is closed. Otherwise it may be sent, but not confirmed.",
    )
    step_ids = fields.One2many(
        "sales.approval.step",
        "policy_id",
        string="Steps",
        copy=True,
        help="Who has to agree, level by level.",
    )
    summary = fields.Char(
        compute="_compute_summary", help="The limits and who decides, in words."
    )

    _limits_sane = models.Constraint(
        "CHECK(min_amount >= 0 AND min_discount >= 0 AND min_discount <= 100)",
        "Amount From and Discount From: give an amount of 0 or more and a percentage "
        "between 0 and 100.",
    )
    _limit_given = models.Constraint(
        "CHECK(COALESCE(min_amount, 0) > 0 OR COALESCE(min_discount, 0) > 0)",
        "Amount From, Discount From: give at least one of them.",
    )

    @api.depends("min_amount", "min_discount", "combine", "step_ids.approver_name")
    def _compute_summary(self):
        for policy in self:
            limits = policy._get_limits()
            words = [policy._format_metric(name, limits[name]) for name in limits]
            join = " & " if policy.combine == "all" else " | "
            policy.summary = f"{join.join(words)} → {policy._get_deciders()}"

    @api.constrains("domain")
    def _check_domain(self):
        for policy in self:
            try:
                Domain(policy._get_domain()).validate(self.env["sale.order"].sudo())
            except (ValueError, SyntaxError, TypeError) as error:
                raise ValidationError(
                    self.env._(
                        "Orders: the filter cannot be read. Use fields of the order and "
                        "fixed values. (%s)",
                        error,
                    )
                ) from error

    @api.constrains("step_ids", "active")
    def _check_step_ids(self):
        for policy in self:
            if policy.active and not policy.step_ids:
                raise ValidationError(
                    self.env._(
                        "Steps: “%s” names nobody who could approve. Add a step.",
                        policy.name,
                    )
                )

    # === Cache === #

    @api.model
    @tools.ormcache("company_id", "self._get_version()")
    def _get_active_ids(self, company_id):
        """Return the ids of the active policies of a company, in their order."""
        return self.sudo().search([("company_id", "=", company_id)])._ids

    @api.model
    def _get_active(self, companies):
        """Return the active policies of ``companies``; no query if there are none."""
        ids = [id_ for company in companies for id_ in self._get_active_ids(company.id)]
        # sudo: what stops an order does not depend on who asks.
        return self.sudo().browse(ids)

    # === What is hit === #

    def _get_domain(self):
        self.ensure_one()
        return ast.literal_eval(self.domain or "[]")

    def _get_limits(self):
        """Return {metric: limit} of the limits that are set."""
        self.ensure_one()
        limits = {"amount": self.min_amount, self.discount_basis: self.min_discount}
        return {name: limit for name, limit in limits.items() if limit}

    def _get_metric_names(self):
        return {name for policy in self for name in policy._get_limits()}

    def _filter_orders(self, orders):
        """Return the orders of the company that match the filter.

        A filter that can no longer be read lets nothing pass: it matches all.
        """
        self.ensure_one()
        own = orders.filtered(lambda order: order.company_id == self.company_id)
        try:
            domain = self._get_domain()
            return own.filtered_domain(domain) if domain and own else own
        except (ValueError, SyntaxError, TypeError, KeyError):
            _logger.warning("Unreadable filter of approval policy %s", self.id)
            return own

    def _is_hit(self, metrics):
        """Return whether ``metrics`` reach the limits."""
        self.ensure_one()
        reached = [
            self._compare_metric(name, metrics[name], limit) >= 0
            for name, limit in self._get_limits().items()
        ]
        return all(reached) if self.combine == "all" else any(reached)

    def _get_hits(self, orders, metrics):
        """Return {order id: policies that hit it}.

        :param orders: orders of any companies
        :param dict metrics: {order id: {metric: value}}
        """
        hits = {}
        for policy in self:
            # sudo: a filter may read what the user may not.
            for order in policy._filter_orders(orders.sudo()):
                if policy._is_hit(metrics[order.id]):
                    hits[order.id] = hits.get(order.id, self.browse()) | policy
        return hits

    def _compare_metric(self, name, value, other):
        """Compare two values of a metric: -1, 0 or 1, at the precision people see."""
        self.ensure_one()
        if name == "amount":
            return self.currency_id.compare_amounts(value, other)
        return float_compare(value, other, precision_digits=2)

    def _is_worse(self, metrics, before):
        """Return whether a measured value is worse than the one decided on before."""
        self.ensure_one()
        return any(
            name not in before
            or self._compare_metric(name, metrics[name], before[name]) > 0
            for name in self._get_limits()
        )

    # === In words === #

    def _format_metric(self, name, value):
        self.ensure_one()
        if name == "amount":
            return formatLang(self.env, value, currency_obj=self.currency_id)
        return self.env._("%(value)s%% discount", value=formatLang(self.env, value))

    def _describe_hit(self, metrics):
        """Return a sentence such as ``High discount: 22.00% discount (from 15.00%)``."""
        self.ensure_one()
        measured = [
            self.env._(
                "%(value)s (limit %(limit)s)",
                value=self._format_metric(name, metrics[name]),
                limit=self._format_limit(name, limit),
            )
            for name, limit in self._get_limits().items()
            if self._compare_metric(name, metrics[name], limit) >= 0
        ]
        return f"{self.name}: {', '.join(measured)}"

    def _format_limit(self, name, limit):
        self.ensure_one()
        if name == "amount":
            return self._format_metric(name, limit)
        return f"{formatLang(self.env, limit)}%"

    def _get_deciders(self):
        """Return the names of the roles, users and groups of all steps."""
        names = dict.fromkeys(self.step_ids.sorted().mapped("approver_name"))
        return ", ".join(names)

    def _get_amend_message(self, metrics):
        """Return what to do where a confirmed order was made worse."""
        return self.env._(
            "%(why)s. A confirmed order may not be made worse than what was decided. "
            "Cancel it, set it to quotation, change it, and submit it for approval.",
            why="; ".join(policy._describe_hit(metrics) for policy in self),
        )

    def copy_data(self, default=None):
        return [
            {**vals, "name": self.env._("%s (copy)", policy.name)}
            if not (default or {}).get("name")
            else vals
            for policy, vals in zip(self, super().copy_data(default), strict=True)
        ]
