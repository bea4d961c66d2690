import random
from datetime import date, timedelta

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestCurrency(SubscriptionCommon):
    """One currency a subscription; what it is worth to the company follows the rates."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home = cls.company.currency_id
        rates = {
            "EUR": (("2026-01-01", 0.5), ("2026-02-15", 0.8), ("2026-03-20", 0.64)),
            "JPY": (
                ("2026-01-01", 150.0),
                ("2026-02-15", 140.5),
                ("2026-03-20", 161.3),
            ),
            "KWD": (("2026-01-01", 0.307), ("2026-02-15", 0.311), ("2026-03-20", 0.3)),
        }
        cls.pricelists = {}
        for code, days in rates.items():
            currency = cls.env["res.currency"].with_context(active_test=False)
            currency = currency.search([("name", "=", code)])
            currency.active = True
            currency.rate_ids.unlink()
            currency.rate_ids = [
                Command.create({"name": day, "rate": rate}) for day, rate in days
            ]
            cls.pricelists[code] = cls.env["product.pricelist"].create(
                {"name": code, "currency_id": currency.id}
            )

    def _start(self, code="EUR", price=40.0, quantity=1, at="2026-01-31"):
        with freeze_time(f"{at} 10:00:00"):
            subscription = self._new_subscription(
                at,
                pricelist_id=self.pricelists[code].id,
                line_ids=[
                    Command.create(
                        {
                            "product_id": self.care.id,
                            "price_unit": price,
                            "quantity": quantity,
                        }
                    )
                ],
            )
            subscription.action_start()
        return subscription.sudo()

    def _get_months(self, subscription):
        """Return [(month, opening, {kind: amount}, closing)] as SQL adds it up."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT DATE_TRUNC('month', date)::date AS month, kind, SUM(amount)
              FROM sales_mrr_movement WHERE subscription_id = %s
          GROUP BY 1, 2 ORDER BY 1, 2
            """,
            [subscription.id],
        )
        months, standing = {}, 0.0
        for month, kind, amount in self.env.cr.fetchall():
            months.setdefault(str(month)[:7], {})[kind] = amount
        found = []
        for month, moved in sorted(months.items()):
            closing = standing + sum(moved.values())
            found.append((month, standing, moved, closing))
            standing = closing
        return found

    def test_documents_in_euro_at_the_rate_of_their_date(self):
        subscription = self._start()
        self._bill("2026-01-31 12:00:00")
        self._bill("2026-02-28 12:00:00")
        rows = subscription.period_ids.sorted("period_no")
        self.assertEqual(set(rows.order_id.currency_id.mapped("name")), {"EUR"})
        self.assertEqual(rows.order_id.mapped("currency_rate"), [0.5, 0.8])
        self.assertEqual(rows.mapped("amount"), [40.0, 40.0])
        self.assertEqual(rows.move_id.mapped("amount_untaxed"), [40.0, 40.0])
        self.assertEqual(rows.move_id.mapped("amount_untaxed_signed"), [80.0, 50.0])

    def test_the_currency_is_frozen(self):
        subscription = self._start()
        self.pricelists["EUR"].currency_id = self.home
        self.assertEqual(subscription.currency_id.name, "EUR")
        self._bill("2026-01-31 12:00:00")
        order = subscription.period_ids.order_id
        self.assertEqual(order.currency_id.name, "EUR")
        self.assertEqual(subscription.period_ids.move_id.currency_id.name, "EUR")
        self.assertEqual(order.amount_untaxed, 40.0)

    def test_opening_and_movements_give_the_closing_of_each_month(self):
        subscription = self._start()
        self._run_cron("ir_cron_movements", "2026-02-01 01:00:00")
        with freeze_time("2026-02-20 12:00:00"):
            subscription.line_ids.quantity = 2
        for day in ("2026-02-28", "2026-03-01", "2026-03-31"):
            self._run_cron("ir_cron_movements", f"{day} 20:00:00")
        with freeze_time("2026-04-10 12:00:00"):
            subscription.action_cancel()
        self.assertEqual(
            self._get_months(subscription),
            [
                ("2026-01", 0.0, {"new": 80.0}, 80.0),
                ("2026-02", 80.0, {"fx": -30.0, "expansion": 50.0}, 100.0),
                ("2026-03", 100.0, {"fx": 25.0}, 125.0),
                ("2026-04", 125.0, {"churn": -125.0}, 0.0),
            ],
        )
        self.assertEqual((subscription.mrr, subscription.mrr_currency), (0.0, 0.0))

    def test_the_key_figures_have_the_rates_movement(self):
        subscription = self._start()
        self._run_cron("ir_cron_movements", "2026-02-28 20:00:00")
        with freeze_time("2026-03-10 12:00:00"):
            self.env.flush_all()
            rows = self.env["sales.subscription.kpi"].search(
                [("month", ">=", "2026-01-01"), ("month", "<=", "2026-03-01")],
                order="month",
            )
            found = {str(row.month)[:7]: row for row in rows}
            moved = found["2026-02"]
        self.assertEqual(moved.fx, -30.0)
        self.assertEqual(subscription.mrr, 50.0)

    def test_random_lives_in_any_currency(self):
        """After each run of the job it is worth what the rate of the day says."""
        draw = random.Random(21)
        for code in ("EUR", "JPY", "KWD") * 3:
            price = draw.randrange(1, 99999) / 100
            subscription = self._start(code, price, draw.randint(1, 5))
            day = date(2026, 2, 1)
            for _step in range(6):
                day += timedelta(days=draw.randint(1, 15))
                with freeze_time(f"{day} 12:00:00"):
                    line = subscription.line_ids
                    if draw.random() < 0.5:
                        line.quantity = draw.randint(1, 9)
                    else:
                        line.discount = draw.randint(0, 60)
                self._run_cron("ir_cron_movements", f"{day} 23:00:00")
                worth = subscription.currency_id._convert(
                    subscription.mrr_currency, self.home, self.company, day
                )
                self.assertEqual(subscription.mrr, worth)
                months = self._get_months(subscription)
                self.assertAlmostEqual(months[-1][-1], subscription.mrr, 6)
            with freeze_time(f"{day + timedelta(days=40)} 12:00:00"):
                subscription.action_cancel()
            self.assertEqual(subscription.mrr, 0.0)
            self.assertAlmostEqual(self._get_months(subscription)[-1][-1], 0.0, 6)
