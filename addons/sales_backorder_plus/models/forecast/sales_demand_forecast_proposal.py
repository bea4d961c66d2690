import math
from datetime import timedelta

from odoo import fields, models
from odoo.tools import float_round

from ...exceptions import ForecastError

DAYS = {"month": 30.4, "week": 7.0}
# Stock covers the usual error in 95 of 100 times: 1.645 deviations, and a deviation
# is 1.25 mean errors.
SAFETY = 1.645 * 1.25
# At most so often is ordered.
REVIEW_DAYS = 30


class SalesDemandForecast(models.Model):
    """What a reordering rule should be, and making it so when somebody says yes."""

    _inherit = "sales.demand.forecast"

    error_mean = fields.Float(
        string="Mean Error",
        digits="Product Unit",
        readonly=True,
        help="How far a forecast of one period was off, on average.",
    )
    lead_days = fields.Integer(
        compute="_compute_proposal",
        help="Days until what is ordered today is there; 0: nobody supplies it.",
    )
    qty_safety = fields.Float(
        string="Safety Stock",
        digits="Product Unit",
        compute="_compute_proposal",
        help="For what forecasts are wrong by until the next delivery; enough in 95 of "
        "100 times.",
    )
    proposed_min = fields.Float(
        string="Proposed Minimum",
        digits="Product Unit",
        compute="_compute_proposal",
        help="What is foreseen until the next delivery, and the safety stock.",
    )
    proposed_max = fields.Float(
        string="Proposed Maximum",
        digits="Product Unit",
        compute="_compute_proposal",
        help="The minimum and what is foreseen for 30 days more.",
    )
    orderpoint_id = fields.Many2one(
        "stock.warehouse.orderpoint",
        string="Reordering Rule",
        compute="_compute_orderpoint_id",
        help="The rule of the product at the stock of the warehouse.",
    )
    current_min = fields.Float(
        string="Minimum",
        digits="Product Unit",
        compute="_compute_orderpoint_id",
        help="What the rule says now.",
    )
    current_max = fields.Float(
        string="Maximum",
        digits="Product Unit",
        compute="_compute_orderpoint_id",
        help="What the rule says now.",
    )

    def _compute_orderpoint_id(self):
        rules = self.env["stock.warehouse.orderpoint"].search(
            [
                ("product_id", "in", self.product_id.ids),
                ("location_id", "in", self.warehouse_id.lot_stock_id.ids),
            ]
        )
        found = {(one.product_id, one.location_id): one for one in rules}
        for forecast in self:
            key = forecast.product_id, forecast.warehouse_id.lot_stock_id
            rule = forecast.orderpoint_id = found.get(key, rules.browse())
            forecast.current_min = rule.product_min_qty
            forecast.current_max = rule.product_max_qty

    def _compute_proposal(self):
        for forecast in self:
            if forecast.method == "few":
                forecast._propose(0, 0.0, 0.0, 0.0)
                continue
            days = forecast._get_lead_days_of_supply()
            periods = max(days, 1) / DAYS[forecast.period]
            safety = SAFETY * forecast.error_mean * math.sqrt(periods)
            minimum = forecast._get_demand_within(days) + safety
            more = forecast._get_demand_within(days + REVIEW_DAYS)
            forecast._propose(days, safety, minimum, more + safety)

    def _propose(self, days, safety, minimum, maximum):
        rounding = self.product_uom_id.rounding or 1.0
        self.lead_days = days
        self.qty_safety, self.proposed_min, self.proposed_max = (
            float_round(value, precision_rounding=rounding, rounding_method="UP")
            for value in (safety, minimum, maximum)
        )

    def _get_lead_days_of_supply(self):
        # sudo: rules and vendors decide, whoever looks at the forecast.
        supply = (
            self.env["sales.backorder"]
            .sudo()
            ._get_lead_time_supply(self.product_id, self.warehouse_id.lot_stock_id)
        )
        return supply.days

    def _get_demand_within(self, days):
        """Return what is foreseen for so many days from today."""
        today = self._get_company_today(self.company_id)
        last = today + timedelta(days=days - 1)
        total = 0.0
        for line in self.line_ids.filtered(lambda one: one.kind == "future"):
            first, end = max(line.date_from, today), min(line.date_to, last)
            length = (line.date_to - line.date_from).days + 1
            total += line.quantity * max((end - first).days + 1, 0) / length
        return total

    def action_apply(self):
        """Write the proposals into reordering rules; new rules order by hand only.

        :return: True
        :raise ForecastError: where there were too few orders to propose anything
        """
        self.check_access("read")
        few = self.filtered(lambda forecast: forecast.method == "few")
        if few:
            raise ForecastError(
                self.env._(
                    "%(products)s: too few orders for a forecast. Set the reordering "
                    "rule by hand.",
                    products=", ".join(few.product_id.mapped("display_name")),
                ),
                rule="few_orders",
            )
        for forecast in self:
            forecast._apply_proposal()
        return True

    def _apply_proposal(self):
        """With the rights of who says yes: they decide about reordering rules."""
        vals = {
            "product_min_qty": self.proposed_min,
            "product_max_qty": self.proposed_max,
        }
        if self.orderpoint_id:
            self.orderpoint_id.write(vals)
            self.invalidate_recordset(["current_min", "current_max"])
            return
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.product_id.id,
                "location_id": self.warehouse_id.lot_stock_id.id,
                "warehouse_id": self.warehouse_id.id,
                "company_id": self.company_id.id,
                "trigger": "manual",
                **vals,
            }
        )
        self.invalidate_recordset(["orderpoint_id", "current_min", "current_max"])
