import random
from datetime import date

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...models.churn.sales_churn_snapshot import FEATURES
from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestChurn(SubscriptionCommon):
    """A probability with its reasons, or an honest silence."""

    def setUp(self):
        super().setUp()
        self.env["sales.churn.snapshot"].search([("is_known", "=", True)]).unlink()
        self.subscription = self._subscribe(at="2025-01-05 10:00:00")

    def _add_history(self, count, telling=True):
        """Add snapshots of two years whose end is known, as the job would have."""
        draw = random.Random(9)
        carrier = self.subscription
        snapshots = self.env["sales.churn.snapshot"].sudo()
        vals_list = []
        for number in range(count):
            failed, skips = draw.choice([0, 0, 0, 1, 2]), draw.choice([0, 0, 1, 3])
            chance = 0.04 + 0.18 * failed + 0.12 * skips if telling else 0.3
            features = dict.fromkeys(FEATURES, 1.0)
            features.update(
                failed=failed,
                skips=skips,
                rating=draw.choice([1, 3, 5]),
                tenure=draw.uniform(1, 40),
                mrr=draw.uniform(10, 200),
            )
            day = date(2023, 1, 1) + relativedelta(days=number)
            vals_list.append(
                {
                    "subscription_id": carrier.id,
                    "date": day,
                    "features": features,
                    "is_known": True,
                    "churned": draw.random() < chance,
                }
            )
        return snapshots.create(vals_list)

    def _train(self, today=date(2025, 6, 1)):
        return self.env["sales.churn.model"].sudo()._train(self.company, today)

    def test_a_probability_with_three_reasons(self):
        self._add_history(700)
        model = self._train()
        self.assertEqual(model.state, "active", model.refusal)
        self.assertGreaterEqual(model.auc, 0.60)
        self.assertGreater(model.auc_low, 0.5)
        self.assertGreater(model.lift, 1.0)
        risky = {**dict.fromkeys(FEATURES, 1.0), "failed": 2, "skips": 3, "rating": 1}
        calm = {**dict.fromkeys(FEATURES, 1.0), "failed": 0, "skips": 0, "rating": 5}
        (high, reasons), (low, _none) = model._score(risky), model._score(calm)
        self.assertGreater(high, 0.4)
        self.assertLess(low, 0.2)
        self.assertIn("Payments failed lately: 2.0", reasons)
        self.assertIn("Periods left out lately: 3.0", reasons)
        self.assertLessEqual(len(reasons.splitlines()), 3)

    def test_the_test_is_newer_than_what_was_learned(self):
        snapshots = self._add_history(700)
        model = self._train()
        self.assertEqual(model.rows_test, 210)
        gap = model.tested_from - relativedelta(days=90)
        older = snapshots.filtered(lambda one: one.date <= gap)
        self.assertEqual(model.rows_train, len(older))
        self.assertLess(model.rows_train, 700 - model.rows_test)

    def test_scored_and_told_once(self):
        self._add_history(700)
        model = self._train()
        with freeze_time("2025-06-01 12:00:00"):
            self.subscription.write({"state": "past_due"})
            self.subscription.write({"state": "active"})
            self.subscription.write({"state": "past_due"})
            calm = [self._subscribe(at="2025-01-05 10:00:00") for _one in range(4)]
            for _run in range(2):
                self.env["sales.subscription"]._score_all(self.company, model)
        found = self.subscription.with_user(self.salesman)
        self.assertEqual(found.churn_band, "high")
        self.assertGreater(found.churn_probability, calm[0].churn_probability)
        self.assertIn("Payments failed lately", found.churn_reasons)
        told = found.activity_ids.filtered(lambda one: "may leave" in one.summary)
        self.assertEqual(len(told), 1)
        with self.assertRaises(AccessError):
            self.subscription.with_user(self.portal_user).read(["churn_probability"])

    def test_not_enough_history(self):
        """With twenty subscriptions no number is shown."""
        for _one in range(20):
            self._subscribe(at="2025-01-05 10:00:00")
        self._run_cron("ir_cron_churn", "2025-06-01 12:00:00")
        model = self.env["sales.churn.model"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        self.assertEqual(model.state, "refused")
        self.assertIn("Not enough history", model.refusal)
        self.assertEqual(self.subscription.churn_band, "unknown")
        self.assertFalse(self.subscription.churn_probability)
        label = dict(
            self.subscription._fields["churn_band"]._description_selection(self.env)
        )
        self.assertEqual(label["unknown"], "Not enough history")

    def test_what_tells_nothing_is_refused(self):
        self._add_history(700, telling=False)
        model = self._train()
        self.assertEqual(model.state, "refused")
        self.assertIn("does not tell well enough", model.refusal)
        with freeze_time("2025-06-01 12:00:00"):
            self.subscription.sudo().churn_band = "high"
            self.env["sales.subscription"]._score_all(self.company, model)
        self.assertEqual(self.subscription.churn_band, "unknown")

    def test_nothing_newer_than_the_day_gets_in(self):
        day = date(2025, 3, 1)
        before = self.subscription._get_churn_features(day)
        with freeze_time("2025-03-10 12:00:00"):
            self.subscription.line_ids.quantity = 9
            self.subscription.write({"state": "past_due"})
            self.subscription.write({"state": "active"})
            self.subscription.action_pause()
        self.env.invalidate_all()
        self.assertEqual(self.subscription._get_churn_features(day), before)
        after = self.subscription._get_churn_features(date(2025, 3, 11))
        self.assertEqual((after["pauses"], after["failed"]), (1, 1))

    def test_ends_within_ninety_days_are_known_afterwards(self):
        stays = self._subscribe(at="2025-01-05 10:00:00")
        snapshots = self.env["sales.churn.snapshot"].sudo()
        taken = snapshots._take(date(2025, 2, 1))
        self.assertLessEqual(
            {self.subscription, stays}, set(taken.mapped("subscription_id"))
        )
        with freeze_time("2025-04-20 12:00:00"):
            self.subscription.action_cancel()
        snapshots._label(date(2025, 5, 1))
        self.assertFalse(any(taken.mapped("is_known")))
        snapshots._label(date(2025, 5, 3))
        mine = taken.filtered(lambda one: one.subscription_id == self.subscription)
        other = taken.filtered(lambda one: one.subscription_id == stays)
        self.assertEqual((mine.churned, other.churned), (True, False))
        self.assertFalse(snapshots._take(date(2025, 2, 1)))
        self.assertNotIn(
            self.subscription,
            snapshots._take(date(2025, 5, 1)).mapped("subscription_id"),
        )

    def test_rights(self):
        self._add_history(10)
        model = self._train()
        with self.assertRaises(AccessError):
            model.with_user(self.salesman).read(["auc"])
        model.with_user(self.manager).read(["auc"])
        with self.assertRaises(AccessError):
            model.with_user(self.manager).state = "active"
        with self.assertRaises(AccessError):
            self.env["sales.churn.snapshot"].with_user(self.salesman).search([])
