from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

# {name of the feature: what it means to a reader}; the order is that of the model.
FEATURES = (
    "tenure",
    "mrr",
    "growth",
    "pauses",
    "skips",
    "failed",
    "rating",
    "term_left",
    "quantity",
)
# Days looked back for what happened, and ahead for whether it ended.
LOOK_BACK = 180
HORIZON = 90


class SalesChurnSnapshot(models.Model):
    """What was known of a subscription on a day, and whether it ended soon after.

    Features are reckoned from dated rows alone, so a day that has passed gives what it
    would have given then: nothing newer than the day gets in.
    """

    _name = "sales.churn.snapshot"
    _description = "Churn Snapshot"
    _order = "date desc, id desc"
    _rec_name = "subscription_id"

    subscription_id = fields.Many2one(
        "sales.subscription",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Subscription it is about.",
    )
    company_id = fields.Many2one(
        related="subscription_id.company_id", store=True, precompute=True, index=True
    )
    date = fields.Date(required=True, readonly=True, help="The day it was taken.")
    features = fields.Json(readonly=True, help="What was known on that day.")
    churned = fields.Boolean(
        readonly=True, help="It ended within 90 days after the snapshot."
    )
    is_known = fields.Boolean(
        readonly=True,
        index=True,
        help="The 90 days are over: whether it ended is known.",
    )

    _day_uniq = models.UniqueIndex(
        "(subscription_id, date)", "A snapshot of this day is taken already."
    )

    # === Taking === #

    @api.model
    def _take(self, day):
        """Take snapshots of what ran on ``day``, but of none twice.

        :param day: today, or the first day of a month that has passed
        """
        taken = self.search([("date", "=", day)]).subscription_id
        found = self.env["sales.subscription"].search(
            [("date_start", "<=", day), ("state", "!=", "draft")], order="id"
        )
        running = (found - taken).filtered(lambda one: one._was_running(day))
        return self.create(
            [
                {
                    "subscription_id": one.id,
                    "date": day,
                    "features": one._get_churn_features(day),
                }
                for one in running
            ]
        )

    @api.model
    def _label(self, today):
        """Say of snapshots that are old enough whether the subscription ended."""
        old = self.search(
            Domain("is_known", "=", False)
            & Domain("date", "<=", today - timedelta(days=HORIZON))
        )
        for snapshot in old:
            until = snapshot.date + timedelta(days=HORIZON)
            ends = snapshot.subscription_id._get_movement_days("churn")
            churned = any(snapshot.date < day <= until for day in ends)
            snapshot.write({"is_known": True, "churned": churned})

    def _get_row(self):
        """Return the features as the list of numbers the model takes."""
        return [float(self.features.get(name, 0.0)) for name in FEATURES]


class SalesSubscription(models.Model):
    """What is known of a subscription on a day."""

    _inherit = "sales.subscription"

    def _get_movements_until(self, day):
        self.ensure_one()
        rows = self.sudo().movement_ids.filtered(lambda row: row.date <= day)
        return rows.sorted(lambda row: (row.date, row.id))

    def _get_movement_days(self, kind):
        rows = self.sudo().movement_ids.filtered(lambda row: row.kind == kind)
        return rows.mapped("date")

    def _was_running(self, day):
        """Return whether it was paid for on ``day``."""
        rows = self._get_movements_until(day).filtered(lambda row: row.kind != "fx")
        return bool(rows) and rows[-1].kind not in ("churn", "pause")

    def _get_churn_features(self, day):
        """Return {feature: number} as known at the end of ``day``."""
        self.ensure_one()
        rows = self._get_movements_until(day)
        since = day - timedelta(days=LOOK_BACK)
        mrr = sum(rows.mapped("amount"))
        older = sum(row.amount for row in rows if row.date <= since) or mrr
        end = self.end_date
        return {
            "tenure": min((day - self.date_start).days / 30.4375, 60.0),
            "mrr": mrr,
            "growth": (mrr - older) / older if older else 0.0,
            "pauses": len([r for r in rows if r.kind == "pause" and r.date > since]),
            "skips": self._count_skips(since, day),
            "failed": self._count_past_due(since, day),
            "rating": self._get_rating_until(day),
            "term_left": min((end - day).days / 30.4375, 12.0)
            if end and end >= day
            else 12.0,
            "quantity": rows[-1:].units,
        }

    def _count_skips(self, since, day):
        periods = self.sudo().period_ids.filtered(
            lambda row: row.state == "skipped" and since < row.create_date.date() <= day
        )
        return len(periods)

    def _count_past_due(self, since, day):
        # sudo: events are for those who audit; here only their number counts.
        events = self.env["sales.audit.event"].sudo()
        return events.search_count(
            [
                ("model", "=", self._name),
                ("res_id", "=", self.id),
                ("code", "=", "subscription.past_due"),
                ("date", ">", since),
                ("date", "<", day + timedelta(days=1)),
            ]
        )

    def _get_rating_until(self, day):
        """Return the mean rating until ``day``, 3 (neutral) without any."""
        ratings = self.sudo().rating_ids.filtered(
            lambda one: one.consumed and one.write_date.date() <= day
        )
        return sum(ratings.mapped("rating")) / len(ratings) if ratings else 3.0
