from odoo import api, fields, models

from .sales_approval_measure_mixin import Metric

HIGH, MEDIUM = 70, 40
LEVELS = [("low", "Low"), ("medium", "Medium"), ("high", "High")]


class SalesApprovalRiskFactor(models.Model):
    """One thing that makes an order risky, and how many points it adds."""

    _name = "sales.approval.risk.factor"
    _inherit = ["sales.approval.measure.mixin", "sales.presence.mixin"]
    _presence_field = "active"
    _description = "Risk Factor"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, help="Shown as the reason.")
    sequence = fields.Integer(default=10, help="Order in lists.")
    active = fields.Boolean(default=True, help="An archived factor adds nothing.")
    company_id = fields.Many2one(
        "res.company", help="Only orders of this company; empty: of all."
    )
    weight = fields.Integer(
        string="Points", default=20, required=True, help="Points of 100 that it adds."
    )

    _weight_sane = models.Constraint(
        "CHECK(weight BETWEEN 1 AND 100)", "Points: give a number from 1 to 100."
    )

    def write(self, vals):
        result = super().write(vals)
        self._forget_presence()
        return result

    @api.model
    def _get_factors(self):
        if not self._has_records():
            return self.sudo().browse()
        # sudo: how risky an order is does not depend on who asks.
        return self.sudo().search([("active", "=", True)])


class SalesApprovalCriterion(models.Model):
    """Policies may ask for the score."""

    _inherit = "sales.approval.criterion"

    metric = fields.Selection(
        selection_add=[
            ("risk_score", "Risk score"),
            ("fraud_score", "Fraud score"),
        ],
        ondelete={"risk_score": "cascade", "fraud_score": "cascade"},
    )

    @api.model
    def _get_metric_specs(self):
        score = Metric("score", shared=True)
        return {
            **super()._get_metric_specs(),
            "risk_score": score,
            "fraud_score": score,
        }


class SaleOrder(models.Model):
    """How risky an order is, from 0 to 100, and why."""

    _inherit = "sale.order"

    risk_score = fields.Integer(
        string="Approval Risk",
        compute="_compute_risk",
        groups="base.group_user",
        help="Points of the risk factors that the order meets: 0 none, 100 the most.",
    )
    risk_level = fields.Selection(
        selection=LEVELS,
        string="Approval Risk Level",
        compute="_compute_risk",
        groups="base.group_user",
        help="High from 70 points, medium from 40.",
    )
    risk_reasons = fields.Text(
        string="Approval Risk Reasons",
        compute="_compute_risk",
        groups="base.group_user",
        help="The factors, with the points each adds.",
    )

    @api.depends(
        "partner_id",
        "partner_invoice_id",
        "partner_shipping_id",
        "commitment_date",
        "payment_term_id",
        "order_line.product_id",
        "order_line.product_uom_qty",
        "order_line.price_unit",
        "order_line.discount",
    )
    def _compute_risk(self):
        breakdown = self._get_risk_breakdown()
        for order in self:
            order.update(self._prepare_risk_vals(breakdown.get(order.id, [])))

    @api.model
    def _prepare_risk_vals(self, found):
        """Return score, level and reasons of what :meth:`_get_risk_breakdown` found."""
        score = self._get_risk_sum(found)
        text = "\n".join(f"+{points} {text}" for points, text in found)
        return {
            "risk_score": score,
            "risk_level": self._get_risk_level(score),
            "risk_reasons": text or False,
        }

    @api.model
    def _get_risk_sum(self, found):
        return min(100, sum(points for points, _text in found))

    @api.model
    def _get_risk_level(self, score):
        if score >= HIGH:
            return "high"
        return "medium" if score >= MEDIUM else "low"

    def _get_risk_breakdown(self):
        """Return {order id: [(points, text)]} of the factors that are met."""
        factors = self.env["sales.approval.risk.factor"]._get_factors()
        if not factors:
            return {}
        metrics = self._get_approval_metrics({*factors.mapped("metric")})
        return {
            order.id: [
                (factor.weight, f"{factor.name}: {own._describe(value)}")
                for factor in factors
                if factor.company_id in (order.company_id, factor.company_id.browse())
                for own in [factor.with_company(order.company_id)]
                for value in [metrics[order.id][factor.metric]]
                if own._is_reached(value)
            ]
            for order in self
        }

    def _measure_risk_score(self):
        breakdown = self._get_risk_breakdown()
        return {
            order.id: self._get_risk_sum(breakdown.get(order.id, [])) for order in self
        }

    def _measure_fraud_score(self):
        signals = self._get_fraud_signals()
        return {
            order.id: min(100, sum(points for points, _t in signals.get(order.id, [])))
            for order in self
        }
