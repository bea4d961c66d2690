from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ...tools import churn
from .sales_churn_snapshot import FEATURES, HORIZON

# Below these it says nothing: snapshots whose end is known, ends among them, and how
# well it tells them apart on data it has not seen.
FEWEST_ROWS = 200
FEWEST_ENDS = 20
LOWEST_AUC = 0.60
# Months of the past that are looked at.
MONTHS_BACK = 36
TEST_SHARE = 0.3


class SalesChurnModel(models.Model):
    """A model of which subscriptions end, measured on time it had not seen.

    It learns from older snapshots and is tested on newer ones; between them lie the
    days after which it is known whether one ended, so nothing leaks. A model that does
    not tell well enough is kept with its reason, and no number is shown.
    """

    _name = "sales.churn.model"
    _description = "Churn Model"
    _order = "id desc"
    _rec_name = "trained_at"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, help="Its company."
    )
    trained_at = fields.Datetime(readonly=True, help="When it was learned.")
    parameters = fields.Json(readonly=True, help="Means, scales and weights.")
    weights_text = fields.Text(
        string="What Counts",
        compute="_compute_weights_text",
        help="How much each feature adds, for a difference of one standard deviation.",
    )
    state = fields.Selection(
        selection=[("active", "In use"), ("refused", "Not good enough")],
        string="Status",
        required=True,
        readonly=True,
        help="A model in use gives subscriptions their probability.",
    )
    refusal = fields.Char(readonly=True, help="Why it is not used.")
    rows_train = fields.Integer(
        string="Learned From", readonly=True, help="Snapshots it was learned from."
    )
    rows_test = fields.Integer(
        string="Tested On", readonly=True, help="Newer snapshots it was tested on."
    )
    tested_from = fields.Date(readonly=True, help="Day of the oldest tested snapshot.")
    base_rate = fields.Float(
        string="Ended (%)", readonly=True, help="Ended within 90 days, of the tested."
    )
    auc = fields.Float(
        string="AUC",
        readonly=True,
        digits=(4, 3),
        help="How often one that ended was scored above one that did not; 0.5 is chance.",
    )
    auc_low = fields.Float(
        string="AUC, Lower End",
        readonly=True,
        digits=(4, 3),
        help="Lower end of its 95 % interval.",
    )
    lift = fields.Float(
        string="Lift of the Top 10 %",
        readonly=True,
        help="How much oftener the tenth with the highest scores ended than all.",
    )
    calibration = fields.Float(
        string="Calibration Error (%)",
        readonly=True,
        help="Mean difference, over five groups of scores, of what was said and what "
        "happened.",
    )

    @api.depends("parameters")
    def _compute_weights_text(self):
        labels = self._get_feature_labels()
        for model in self:
            weights = (model.parameters or {}).get("weights", [])[1:]
            pairs = sorted(
                zip(FEATURES, weights, strict=False), key=lambda pair: -abs(pair[1])
            )
            model.weights_text = "\n".join(
                f"{labels[name]}: {weight:+.2f}" for name, weight in pairs
            )

    @api.model
    def _get_feature_labels(self):
        return {
            "tenure": self.env._("How long it runs"),
            "mrr": self.env._("Monthly revenue"),
            "growth": self.env._("Grew or shrank lately"),
            "pauses": self.env._("Was paused lately"),
            "skips": self.env._("Periods left out lately"),
            "failed": self.env._("Payments failed lately"),
            "rating": self.env._("Rating by the customer"),
            "term_left": self.env._("Time to the end of the term"),
            "quantity": self.env._("Quantity"),
        }

    # === Learning === #

    @api.model
    def _cron_churn(self):
        """Take this month's snapshots, learn anew, and give each its probability."""
        today = fields.Date.context_today(self)
        self._take_missing(today)
        self.env["sales.churn.snapshot"]._label(today)
        for company in self.env["res.company"].search([("active", "=", True)]):
            model = self._train(company, today)
            self.env["sales.subscription"]._score_all(company, model)
            self.env["ir.cron"]._commit_progress()

    @api.model
    def _take_missing(self, today):
        """Take the snapshots of each month's first day that are not taken yet."""
        snapshots = self.env["sales.churn.snapshot"]
        first = today.replace(day=1)
        for month in range(MONTHS_BACK):
            day = first - relativedelta(months=month)
            if not snapshots.search_count([("date", "=", day)], limit=1):
                snapshots._take(day)
            self.env["ir.cron"]._commit_progress()

    @api.model
    def _train(self, company, today):
        """Learn from the older snapshots of a company, test on the newer ones.

        :return: the model, in use or refused
        """
        known = self.env["sales.churn.snapshot"].search(
            [
                ("company_id", "=", company.id),
                ("is_known", "=", True),
                ("date", ">=", today - relativedelta(months=MONTHS_BACK)),
            ],
            order="date, id",
        )
        vals = {
            "company_id": company.id,
            "trained_at": fields.Datetime.now(),
            "state": "refused",
        }
        ends = sum(known.mapped("churned"))
        if len(known) < FEWEST_ROWS or ends < FEWEST_ENDS:
            return self.create({**vals, **self._refuse_few(len(known), ends)})
        return self.create({**vals, **self._fit(known)})

    @api.model
    def _refuse_few(self, rows, ends):
        return {
            "refusal": self.env._(
                "Not enough history: %(rows)s snapshots with %(ends)s ends; it takes "
                "%(fewest_rows)s with %(fewest_ends)s.",
                rows=rows,
                ends=ends,
                fewest_rows=FEWEST_ROWS,
                fewest_ends=FEWEST_ENDS,
            )
        }

    @api.model
    def _fit(self, known):
        """Return the values of the model learned from ``known``, sorted by day."""
        start = known[round(len(known) * (1 - TEST_SHARE))].date
        newer = known.filtered(lambda one: one.date >= start)
        # What was not decided when the test begins would tell about it.
        gap = start - timedelta(days=HORIZON)
        older = known.filtered(lambda one: one.date <= gap)
        if not (any(older.mapped("churned")) and any(newer.mapped("churned"))):
            return self._refuse_few(len(older), sum(older.mapped("churned")))
        tested = churn.fit(*self._get_data(older))
        rows, labels = self._get_data(newer)
        scores = [churn.predict(tested, row) for row in rows]
        auc = churn.get_auc(scores, labels)
        low = churn.get_lower_auc(auc, labels)
        good = auc >= LOWEST_AUC and low > 0.5
        return {
            # What is used knows all; what is stated was measured without the newest.
            "parameters": churn.fit(*self._get_data(known)),
            "state": "active" if good else "refused",
            "refusal": False
            if good
            else self.env._(
                "It does not tell well enough who leaves: AUC %(auc).2f.", auc=auc
            ),
            "rows_train": len(older),
            "rows_test": len(newer),
            "tested_from": start,
            "base_rate": 100 * sum(labels) / len(labels),
            "auc": auc,
            "auc_low": low,
            "lift": churn.get_lift(scores, labels),
            "calibration": 100 * churn.get_calibration(scores, labels),
        }

    @api.model
    def _get_data(self, snapshots):
        return (
            [one._get_row() for one in snapshots],
            [int(one.churned) for one in snapshots],
        )
