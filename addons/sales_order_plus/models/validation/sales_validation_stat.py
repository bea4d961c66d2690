from datetime import timedelta

from odoo import api, fields, models

SLOW_PARAMETER = "sales_order_plus.validation_slow_ms"


class SalesValidationStat(models.Model):
    """How long rules take and how often they speak.

    One row a pass and rule: a counter would make all orders queue for one row. A
    cron makes one row a day of them.
    """

    _name = "sales.validation.stat"
    _description = "Validation Statistics"
    _order = "date desc, id desc"
    _log_access = False
    _rec_name = "rule_id"

    rule_id = fields.Many2one(
        "sales.validation.rule",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
        help="The rule.",
    )
    date = fields.Date(
        required=True,
        readonly=True,
        default=fields.Date.today,
        help="Day in UTC.",
    )
    passes = fields.Integer(readonly=True, help="How often it was looked at.")
    orders = fields.Integer(readonly=True, help="Orders that were looked at.")
    hits = fields.Integer(readonly=True, help="Findings.")
    errors = fields.Integer(readonly=True, help="How often the rule was broken.")
    milliseconds = fields.Float(readonly=True, help="Time of all passes.")
    slowest = fields.Float(
        readonly=True, aggregator="max", help="Time of the slowest pass (ms)."
    )
    p95 = fields.Float(
        string="95 % within (ms)",
        readonly=True,
        aggregator="max",
        help="19 of 20 passes took no longer.",
    )
    queries = fields.Integer(readonly=True, help="Database queries of all passes.")
    is_day = fields.Boolean(readonly=True, help="One row for all passes of the day.")

    @api.model
    def _prepare_stats(self, runs):
        return [
            {
                "rule_id": run.rule_id,
                "passes": 1,
                "orders": run.orders,
                "hits": len(run.findings),
                "errors": int(run.failed),
                "milliseconds": run.milliseconds,
                "slowest": run.milliseconds,
                "p95": run.milliseconds,
                "queries": run.queries,
            }
            for run in runs
        ]

    @api.model
    def _cron_compact(self):
        """Make one row of the passes of each rule and day, and tell of slow rules."""
        rows = self.search([("is_day", "=", False)], order="id", limit=50000)
        for (rule, date), own in rows.grouped(lambda x: (x.rule_id, x.date)).items():
            day = self.search(
                [("rule_id", "=", rule.id), ("date", "=", date), ("is_day", "=", True)]
            )
            self.create({**(day | own)._prepare_day_vals(), "is_day": True})
            (day | own).unlink()
        self._tell_slow()

    def _prepare_day_vals(self):
        times = sorted(self.mapped("p95"))
        summed = ("passes", "orders", "hits", "errors", "milliseconds", "queries")
        return {
            "rule_id": self.rule_id.id,
            "date": self[0].date,
            **{name: sum(self.mapped(name)) for name in summed},
            "slowest": max(self.mapped("slowest")),
            "p95": times[max(0, -(-len(times) * 95 // 100) - 1)],
        }

    @api.model
    def _tell_slow(self):
        """Tell the owners of slow rules once; no rule is switched off by itself."""
        limit = float(self.env["ir.config_parameter"].get_param(SLOW_PARAMETER, 200))
        since = fields.Date.today() - timedelta(days=1)
        slow = self.search([("p95", ">", limit), ("date", ">=", since)])
        for rule in slow.rule_id:
            summary = "Validation rule is slow"
            if not rule._has_activity(rule.id, summary):
                worst = max(
                    slow.filtered(lambda x, r=rule: x.rule_id == r).mapped("p95")
                )
                rule._tell_owner(
                    summary,
                    self.env._(
                        "19 of 20 passes took up to %(time)s ms, more than "
                        "%(limit)s ms.",
                        time=round(worst),
                        limit=round(limit),
                    ),
                )
