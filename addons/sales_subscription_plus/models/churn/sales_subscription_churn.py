from odoo import api, fields, models

from ...tools import churn
from ..sales_subscription_state import BILLED_STATES
from .sales_churn_snapshot import FEATURES

# From which probability on a band begins, relative to the mean of the company.
HIGH, MEDIUM = 2.0, 1.0
REASONS = 3


class SalesSubscription(models.Model):
    """How likely it is to end within 90 days, and why, where that can be said."""

    _inherit = "sales.subscription"

    churn_probability = fields.Float(
        string="Churn (%)",
        readonly=True,
        copy=False,
        aggregator="avg",
        groups="base.group_user",
        help="Probability that it ends within 90 days, from the model in use. See "
        "Churn Models for how well it tells.",
    )
    churn_band = fields.Selection(
        selection=[
            ("unknown", "Not enough history"),
            ("low", "Low"),
            ("medium", "Medium"),
            ("high", "High"),
        ],
        string="Churn Risk",
        required=True,
        readonly=True,
        copy=False,
        default="unknown",
        index=True,
        groups="base.group_user",
        help="High: at least twice as likely to end as the mean. Not enough history: no "
        "model tells well enough, so no number is given.",
    )
    churn_reasons = fields.Text(
        string="Why",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="What adds most to the probability, the most first.",
    )

    @api.model
    def _score_all(self, company, model):
        """Give each running subscription of ``company`` what ``model`` says."""
        running = self.search(
            [("company_id", "=", company.id), ("state", "in", BILLED_STATES)]
        )
        if model.state != "active":
            running.filtered(lambda one: one.churn_band != "unknown").write(
                {
                    "churn_band": "unknown",
                    "churn_probability": 0.0,
                    "churn_reasons": False,
                }
            )
            return
        today = fields.Date.context_today(self)
        scored = {one: model._score(one._get_churn_features(today)) for one in running}
        mean = sum(score for score, _reasons in scored.values()) / (len(scored) or 1)
        for subscription, (score, reasons) in scored.items():
            subscription._set_churn(score, mean, reasons)

    def _set_churn(self, score, mean, reasons):
        self.ensure_one()
        before = self.churn_band
        band = (
            "high"
            if score >= HIGH * mean
            else "medium"
            if score >= MEDIUM * mean
            else "low"
        )
        self.write(
            {
                "churn_probability": 100 * score,
                "churn_band": band,
                "churn_reasons": reasons,
            }
        )
        if band == "high" and before != "high":
            summary = self.env._(
                "%(customer)s may leave (%(percent).0f %%)",
                customer=self.partner_id.name,
                percent=100 * score,
            )
            self._tell(summary, reasons)


class SalesChurnModel(models.Model):
    _inherit = "sales.churn.model"

    def _score(self, features):
        """Return (probability, reasons in words) for the features of a subscription."""
        self.ensure_one()
        row = [float(features[name]) for name in FEATURES]
        labels = self._get_feature_labels()
        worst = [
            f"{labels[FEATURES[index]]}: {row[index]:.1f}"
            for index, part in churn.explain(self.parameters, row)[:REASONS]
            if part > 0
        ]
        return churn.predict(self.parameters, row), "\n".join(worst)
