import random

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sales_order_plus.exceptions import AppendOnlyError

from ...exceptions import SubscriptionLockedError
from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestMovements(SubscriptionCommon):
    """The recurring revenue is the sum of its movements, whatever happens."""

    def _get_movements(self, subscription):
        rows = subscription.sudo().movement_ids.sorted("id")
        return [(str(row.date), row.kind, row.amount) for row in rows]

    def test_the_life_of_a_subscription(self):
        subscription = self._subscribe((self.care, 2))
        self.assertEqual(subscription.mrr, 100.0)
        with freeze_time("2026-02-10 12:00:00"):
            line = subscription.line_ids
            subscription.with_user(self.salesman).change_quantity(
                line_id=line.id, quantity=3
            )
        self.assertEqual(subscription.mrr, 150.0)
        with freeze_time("2026-02-11 12:00:00"):
            line.with_user(self.salesman).discount = 10.0
        with freeze_time("2026-02-12 12:00:00"):
            subscription.with_user(self.salesman).action_pause()
        self.assertEqual(subscription.mrr, 0.0)
        with freeze_time("2026-02-20 12:00:00"):
            subscription.with_user(self.salesman).action_resume()
        with freeze_time("2026-02-21 12:00:00"):
            subscription.with_user(self.salesman).action_cancel()
        with freeze_time("2026-02-25 12:00:00"):
            subscription.with_user(self.salesman).action_reactivate()
        self.assertEqual(
            self._get_movements(subscription),
            [
                ("2026-01-31", "new", 100.0),
                ("2026-02-10", "expansion", 50.0),
                ("2026-02-11", "price", -15.0),
                ("2026-02-12", "pause", -135.0),
                ("2026-02-20", "resume", 135.0),
                ("2026-02-21", "churn", -135.0),
                ("2026-02-25", "reactivation", 135.0),
            ],
        )
        self.assertEqual(subscription.mrr, 135.0)

    def test_a_yearly_plan_counts_a_twelfth(self):
        subscription = self._subscribe((self.report, 1))
        self.assertEqual(subscription.mrr, 25.0)
        self.assertEqual(subscription.sudo().movement_ids.arr, 300.0)

    def test_a_trial_is_no_revenue(self):
        self.monthly.trial_days = 14
        subscription = self._subscribe()
        self.assertEqual((subscription.state, subscription.mrr), ("trial", 0.0))
        self.assertFalse(subscription.sudo().movement_ids)
        self._run_cron("ir_cron_lifecycle", "2026-02-20 12:00:00")
        self.assertEqual(
            self._get_movements(subscription), [("2026-02-20", "new", 50.0)]
        )

    def test_who_is_paused_and_leaves_is_gone(self):
        subscription = self._subscribe()
        with freeze_time("2026-02-12 12:00:00"):
            subscription.action_pause()
            subscription.action_cancel()
        self.assertEqual(
            self._get_movements(subscription)[1:],
            [("2026-02-12", "pause", -50.0), ("2026-02-12", "churn", 0.0)],
        )

    def test_ended_for_want_of_payment(self):
        subscription = self._subscribe()
        with freeze_time("2026-02-12 12:00:00"):
            subscription.write({"state": "past_due"})
            self.assertEqual(subscription.mrr, 50.0)
            subscription.write({"state": "cancelled"})
        last = subscription.sudo().movement_ids.sorted("id")[-1]
        self.assertEqual((last.kind, last.involuntary), ("churn", True))

    def test_a_discount_that_ends(self):
        subscription = self._subscribe()
        with freeze_time("2026-02-10 12:00:00"):
            self.env["sales.subscription.discount"].create(
                {
                    "subscription_id": subscription.id,
                    "name": "Thank you",
                    "percent": 20.0,
                    "period_count": 1,
                }
            )
        self.assertEqual(subscription.mrr, 50.0)
        self._bill("2026-02-28 12:00:00")
        self._run_cron("ir_cron_movements", "2026-02-28 13:00:00")
        self.assertEqual(subscription.mrr, 40.0)
        self._bill("2026-03-31 12:00:00")
        for _run in range(2):
            self._run_cron("ir_cron_movements", "2026-03-31 13:00:00")
        self.assertEqual(
            self._get_movements(subscription)[1:],
            [("2026-02-28", "price", -10.0), ("2026-03-31", "price", 10.0)],
        )

    def test_exchange_rates_close_the_bridge(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.assertNotEqual(euro, self.company.currency_id)
        euro.rate_ids.unlink()
        for day, rate in (("2026-01-01", 0.5), ("2026-02-01", 0.8)):
            self.env["res.currency.rate"].create(
                {"currency_id": euro.id, "name": day, "rate": rate}
            )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Euro", "currency_id": euro.id}
        )
        with freeze_time("2026-01-31 10:00:00"):
            subscription = self._new_subscription(
                "2026-01-31",
                pricelist_id=pricelist.id,
                line_ids=[
                    Command.create({"product_id": self.care.id, "price_unit": 40.0})
                ],
            )
            subscription.action_start()
        self.assertEqual((subscription.mrr_currency, subscription.mrr), (40.0, 80.0))
        for _run in range(2):
            self._run_cron("ir_cron_movements", "2026-02-02 12:00:00")
        self.assertEqual((subscription.mrr_currency, subscription.mrr), (40.0, 50.0))
        with freeze_time("2026-02-03 10:00:00"):
            subscription.action_cancel()
        self.assertEqual(
            self._get_movements(subscription),
            [
                ("2026-01-31", "new", 80.0),
                ("2026-02-02", "fx", -30.0),
                ("2026-02-03", "churn", -50.0),
            ],
        )
        self.assertEqual((subscription.mrr_currency, subscription.mrr), (0.0, 0.0))

    def test_a_preview_moves_nothing(self):
        subscription = self._subscribe((self.care, 2))
        with freeze_time("2026-02-10 12:00:00"):
            change = self.env["sales.subscription.change"].create(
                {
                    "subscription_id": subscription.id,
                    "line_id": subscription.line_ids.id,
                    "quantity": 5,
                }
            )
            self.assertEqual(change.preview()["amount_after"], 250.0)
        self.assertEqual(subscription.mrr, 100.0)
        self.assertEqual(len(subscription.sudo().movement_ids), 1)

    def test_random_lives_add_up(self):
        """Opening and movements give the closing, after any sequence of steps."""
        draw = random.Random(5)
        steps = {
            "active": (
                "action_pause",
                "action_cancel",
                "quantity",
                "price",
                "discount",
            ),
            "paused": ("action_resume", "action_cancel"),
            "cancelled": ("action_reactivate",),
        }
        for _life in range(12):
            subscription = self._subscribe((self.care, draw.randint(1, 4)))
            for day in range(1, 9):
                step = draw.choice(steps[subscription.state])
                with freeze_time(f"2026-02-{day:02} 12:00:00"):
                    if step == "quantity":
                        subscription.line_ids.quantity = draw.randint(1, 9)
                    elif step == "price":
                        subscription.line_ids.price_unit = draw.randint(1, 99)
                    elif step == "discount":
                        subscription.line_ids.discount = draw.randint(0, 50)
                    else:
                        getattr(subscription, step)()
                line = subscription.line_ids
                expected = (
                    line.price_subtotal if subscription.state == "active" else 0.0
                )
                self.assertAlmostEqual(subscription.mrr, expected, 2)
        self.env.flush_all()
        self.assertEqual(self._get_differences(), [])

    def _get_differences(self):
        self.env.cr.execute(
            """
            SELECT s.id FROM sales_subscription s
         LEFT JOIN sales_mrr_movement m ON m.subscription_id = s.id
             GROUP BY s.id
            HAVING COALESCE(s.mrr, 0) != COALESCE(SUM(m.amount), 0)
            """
        )
        return self.env.cr.fetchall()

    def test_nobody_writes_movements(self):
        subscription = self._subscribe()
        row = subscription.sudo().movement_ids
        for user in (self.salesman, self.manager, self.accountant):
            own = row.with_user(user)
            for refused in (
                lambda own=own: own.write({"amount": 1.0}),
                own.unlink,
                lambda own=own: own.create({"subscription_id": subscription.id}),
            ):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    refused()
        with self.assertRaises(AppendOnlyError), self.env.cr.savepoint():
            row.unlink()
        with self.assertRaises(SubscriptionLockedError), self.env.cr.savepoint():
            subscription.with_user(self.manager).write({"mrr": 1.0})

    def test_salespeople_see_theirs(self):
        mine, theirs = self._subscribe(), self._subscribe(user=self.colleague)
        found = self.env["sales.mrr.movement"].with_user(self.salesman).search([])
        self.assertIn(mine, found.sudo().subscription_id)
        self.assertNotIn(theirs, found.sudo().subscription_id)
        with self.assertRaises(AccessError):
            mine.with_user(self.portal_user).read(["mrr"])
        with self.assertRaises(AccessError):
            self.env["sales.mrr.movement"].with_user(self.portal_user).search([])
