import ast
import logging

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.sales_order_plus.models.seam.filters import looks_elsewhere

_logger = logging.getLogger(__name__)
# Compared with what was decided on, where no condition of the policy is a number.
WATCHED = ("amount", "discount")
# What tells whether a policy hits an order, and what follows.
TERMS = (
    "apply_on",
    "before_send",
    "combine",
    "company_id",
    "criterion_ids",
    "daily_cap",
    "domain",
    "is_last",
    "outcome",
    "sequence",
)
CONDITION_TERMS = ("metric", "operator", "policy_id", "sequence", "value")


class SalesApprovalPolicy(models.Model):
    """When an order needs approval, by whom, or why it needs none.

    A policy hits an order of its company that matches the filter and meets the
    conditions. What is measured is defined in ``sale_order_metrics*.py``.
    """

    _name = "sales.approval.policy"
    _inherit = ["sales.cached.mixin"]
    _description = "Approval Policy"
    _order = "sequence, id"

    name = fields.Char(
        required=True, translate=True, help="Shown to those whose order it stops."
    )
    sequence = fields.Integer(
        default=10,
        help="Policies are looked at from top to bottom; see “Last One” and “Outcome”.",
    )
    active = fields.Boolean(default=True, help="An archived policy stops nothing.")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        help="Orders of this company are measured, in its currency.",
    )
    currency_id = fields.Many2one(
        related="company_id.currency_id", help="Currency of the amounts."
    )
    domain = fields.Char(
        string="Orders",
        default="[]",
        help="Only orders that match are measured; empty for all orders.",
    )
    criterion_ids = fields.One2many(
        "sales.approval.criterion",
        "policy_id",
        string="Conditions",
        copy=True,
        help="What is measured; without a condition every order of the filter is hit.",
    )
    combine = fields.Selection(
        selection=[("any", "One condition is enough"), ("all", "All of them together")],
        required=True,
        default="any",
        help="Whether an order must meet one of the conditions or all.",
    )
    outcome = fields.Selection(
        selection=[
            ("require", "Somebody approves"),
            ("auto", "Approved automatically"),
            ("forbid", "Forbidden"),
        ],
        required=True,
        default="require",
        help="Approved automatically: the policies further down need nobody for such an "
        "order. Forbidden: the order cannot be confirmed as it is, nobody can approve "
        "it.",
    )
    daily_cap = fields.Monetary(
        string="Up to a Day",
        help="Untaxed amount that is approved automatically for one customer and day of "
        "the company's time zone; what is beyond needs a person. 0: any amount.",
    )
    is_last = fields.Boolean(
        string="Last One",
        help="If it is hit, the policies further down are not looked at.",
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
        compute="_compute_summary", help="The conditions and who decides, in words."
    )

    _cap_sane = models.Constraint(
        "CHECK(daily_cap >= 0)", "Up to a Day: give an amount of 0 or more."
    )

    @api.depends(
        "combine",
        "outcome",
        "criterion_ids.metric",
        "criterion_ids.operator",
        "criterion_ids.value",
        "criterion_ids.category_ids",
        "step_ids.approver_name",
    )
    def _compute_summary(self):
        for policy in self:
            words = [one._describe_limit() for one in policy.criterion_ids]
            join = " & " if policy.combine == "all" else " | "
            limits = join.join(words) or self.env._("Every order")
            policy.summary = f"{limits} → {policy._get_outcome_text()}"

    def _get_outcome_text(self):
        self.ensure_one()
        if self.outcome == "require":
            return self._get_deciders()
        return dict(self._fields["outcome"]._description_selection(self.env))[
            self.outcome
        ]

    @api.constrains("domain")
    def _check_domain(self):
        for policy in self:
            self._check_filter(policy.domain)

    @api.model
    def _read_filter(self, text):
        """Return the domain written in ``text``: literals, nothing is run."""
        return ast.literal_eval(text or "[]")

    @api.model
    def _check_filter(self, text):
        """Refuse a filter of orders that cannot be read.

        :raise ValidationError: says what is wrong
        """
        try:
            domain = Domain(self._read_filter(text))
            # sudo: a filter may name fields the manager may not read himself.
            domain.validate(self.env["sale.order"].sudo())
        except (ValueError, SyntaxError, TypeError) as error:
            raise ValidationError(
                self.env._(
                    "Orders: the filter cannot be read. Use fields of the order and "
                    "fixed values. (%s)",
                    error,
                )
            ) from error

    @api.constrains("step_ids", "active", "outcome")
    def _check_step_ids(self):
        for policy in self:
            if policy.active and policy.outcome == "require" and not policy.step_ids:
                raise ValidationError(
                    self.env._(
                        "Steps: “%s” names nobody who could approve. Add a step.",
                        policy.name,
                    )
                )

    # === Cache === #

    @api.model
    @tools.ormcache("company_id", "self._get_cache_version()")
    def _get_active_columns(self, company_id):
        """Return what the active policies of a company say, and their conditions.

        :return: two times what ``_read_columns`` returns
        """
        policies = self.sudo().search([("company_id", "=", company_id)])
        conditions = policies.criterion_ids
        return (
            policies._read_columns(TERMS),
            conditions._read_columns(CONDITION_TERMS),
        )

    @api.model
    def _get_cache_version(self):
        criteria = self.env["sales.approval.criterion"]
        return self._get_version(), criteria._get_version()

    @api.model
    def _get_active(self, companies):
        """Return the active policies of ``companies``; no query to read what they say."""
        ids = ()
        # sudo: what stops an order does not depend on who asks.
        policies = self.sudo()
        for company in companies:
            own, conditions = self._get_active_columns(company.id)
            policies._remember_columns(*own)
            policies.criterion_ids._remember_columns(*conditions)
            ids += own[0]
        return policies.browse(ids)

    # === What is hit === #

    def _get_metric_names(self):
        """Return the metrics these policies need, those they watch among them."""
        names = {*self.criterion_ids.mapped("metric")}
        if any(not policy._get_numbers() for policy in self):
            names |= {*WATCHED}
        if "auto" in self.mapped("outcome"):
            names.add("amount")
        return names

    def _is_shared(self):
        """Whether the policy looks at what others order in the same moment."""
        self.ensure_one()
        specs = self.criterion_ids._get_metric_specs()
        if self.outcome == "auto" or any(
            specs[name].shared for name in self._get_metric_names()
        ):
            return True
        try:
            return looks_elsewhere(
                self.env["sale.order"], self._read_filter(self.domain)
            )
        except (ValueError, SyntaxError, TypeError):
            # Nobody knows; such a filter matches every order.
            return True

    def _get_numbers(self):
        """Return the conditions in which an order can become worse by degrees."""
        return self.criterion_ids.filtered(lambda one: one.operator[:2] != "is")

    def _filter_orders(self, orders):
        """Return the orders of the company that match the filter.

        A filter that can no longer be read lets nothing pass: it matches all, unless
        the policy would approve automatically.
        """
        self.ensure_one()
        own = orders.filtered(lambda order: order.company_id == self.company_id)
        try:
            domain = self._read_filter(self.domain)
            return own.filtered_domain(domain) if domain and own else own
        except (ValueError, SyntaxError, TypeError, KeyError):
            _logger.warning("Unreadable filter of approval policy %s", self.id)
            return own.browse() if self.outcome == "auto" else own

    def _is_hit(self, metrics):
        """Return whether ``metrics`` meet the conditions."""
        self.ensure_one()
        met = [one._is_reached(metrics[one.metric]) for one in self.criterion_ids]
        if not met:
            return True
        return all(met) if self.combine == "all" else any(met)

    def _get_hits(self, orders, metrics):
        """Return {order id: policies that hit it, from top to bottom}.

        :param orders: orders of any companies
        :param dict metrics: {order id: {metric: value}}
        """
        hits, ended = {}, set()
        for policy in self:
            # sudo: a filter may read what the user may not.
            for order in policy._filter_orders(orders.sudo()):
                if order.id not in ended and policy._is_hit(metrics[order.id]):
                    hits[order.id] = hits.get(order.id, self.browse()) | policy
                    if policy.is_last:
                        ended.add(order.id)
        return hits

    def _is_worse(self, metrics, before):
        """Return whether a measured value is worse than the one decided on before."""
        self.ensure_one()
        if any(
            one.metric not in before
            or one._is_worse(metrics[one.metric], before[one.metric])
            for one in self.criterion_ids
        ):
            return True
        return not self._get_numbers() and any(
            name not in before
            or self.currency_id.compare_amounts(metrics[name], before[name]) > 0
            for name in WATCHED
        )

    # === In words === #

    def _describe_hit(self, metrics):
        """Return a sentence such as ``High discount: Discount 22.00% (from 15.00%)``."""
        self.ensure_one()
        measured = [
            one._describe(metrics[one.metric])
            for one in self.criterion_ids
            if one._is_reached(metrics[one.metric])
        ]
        return f"{self.name}: {', '.join(measured)}" if measured else self.name

    def _describe_hits(self, metrics):
        """Return one sentence a policy."""
        return [policy._describe_hit(metrics) for policy in self]

    def _get_deciders(self):
        """Return the names of those whom all steps name."""
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
