import random
from datetime import datetime, timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..exceptions import SubscriptionLockedError
from .common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestUsage(SubscriptionCommon):
    def setUp(self):
        super().setUp()
        self.calls = self._new_recurring("Calls", 0.5, self.monthly, type="service")
        self.meter = self.env["sales.usage.meter"].create(
            {"name": "Calls", "code": "calls", "product_id": self.calls.id}
        )

    def _use(self, subscription, at, quantity=1.0, key=None, **values):
        line = subscription.line_ids.filtered("meter_id")
        events, _added = self.env["sales.usage.event"]._report(
            [
                {
                    "line_id": line.id,
                    "meter_id": line.meter_id.id,
                    "occurred_at": at,
                    "quantity": quantity,
                    "idempotency_key": key or f"{at}/{quantity}",
                    **values,
                }
            ]
        )
        return events

    def _start(self, start="2026-01-31", mode="usage", plan=None, **line):
        subscription = self._new_subscription(
            start,
            plan_id=(plan or self.monthly).id,
            line_ids=[
                Command.create({"product_id": self.care.id}),
                Command.create(
                    {"product_id": self.calls.id, "quantity_mode": mode, **line}
                ),
            ],
        )
        with freeze_time(f"{start} 08:00:00"):
            subscription.action_start()
        return subscription

    def _new_price(self, **values):
        return self.env["sales.plan.price"].create(
            {"plan_id": self.monthly.id, "product_id": self.calls.id, **values}
        )

    def _get_usage(self, subscription):
        """Return [(period billed in, number it is for, quantity, amount)]."""
        charges = subscription.charge_ids.filtered(lambda row: row.kind == "usage")
        return [
            (row.period_id.period_no, row.period_no, row.quantity, row.amount)
            for row in charges.sorted("id")
        ]

    def test_meter_and_total_do_not_count_usage_beforehand(self):
        subscription = self._start()
        self.assertEqual(subscription.line_ids[1].meter_id, self.meter)
        self.assertEqual(subscription.amount_untaxed, 50.0)

    def test_used_less_what_is_included(self):
        self._new_price(price=0.5, included_qty=10)
        subscription = self._start()
        self._bill("2026-01-31 12:00:00")
        for number in range(15):
            self._use(subscription, f"2026-02-{number + 1:02} 10:00:00", 2)
        self._bill("2026-02-28 12:00:00")
        self.assertEqual(self._get_usage(subscription), [(2, 1, 20.0, 10.0)])
        line = subscription.period_ids[0].order_line_ids.filtered(
            lambda one: one.product_id == self.calls
        )
        self.assertEqual((line.product_uom_qty, line.price_subtotal), (20.0, 10.0))
        self.assertEqual(subscription.period_ids[0].move_id.amount_untaxed, 60.0)

    def test_tables_rate_what_was_used(self):
        for pricing, amount in (("graduated", 125.0), ("volume", 75.0)):
            self.monthly.price_ids.unlink()
            self._new_price(
                pricing=pricing,
                tier_ids=[
                    Command.create({"up_to": 100, "price": 1.0}),
                    Command.create({"price": 0.5}),
                ],
            )
            subscription = self._start()
            self._use(subscription, "2026-02-01 10:00:00", 150, key=pricing)
            self._bill("2026-02-28 12:00:00")
            line = subscription.period_ids[0].order_line_ids.filtered(
                lambda one: one.product_id == self.calls
            )
            self.assertEqual(line.price_subtotal, amount)
            subscription.line_ids.plan_price_id = False

    def test_reported_twice_it_counts_once(self):
        subscription = self._start()
        first = self._use(subscription, "2026-02-01 10:00:00", 5, key="a")
        again = self._use(subscription, "2026-02-01 10:00:00", 5, key="a")
        self.assertEqual(first, again)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            first.copy()
        self._bill("2026-02-28 12:00:00")
        self.assertEqual([row[2] for row in self._get_usage(subscription)], [5.0])

    def test_late_events_are_billed_at_the_price_of_their_period(self):
        tiers = [
            Command.create({"up_to": 100, "price": 1.0}),
            Command.create({"price": 0.5}),
        ]
        self._new_price(pricing="graduated", tier_ids=tiers)
        subscription = self._start()
        self._use(subscription, "2026-02-01 10:00:00", 90)
        self._bill("2026-02-28 12:00:00")
        # Ten at the first price, ten at the second: 15; the next period begins at one.
        self._use(subscription, "2026-02-02 10:00:00", 20)
        self._use(subscription, "2026-03-02 10:00:00", 20)
        self._bill("2026-03-31 12:00:00")
        self.assertEqual(
            self._get_usage(subscription),
            [(2, 1, 90.0, 90.0), (3, 1, 20.0, 15.0), (3, 2, 20.0, 20.0)],
        )
        self._bill("2026-04-30 12:00:00")
        self.assertEqual(len(self._get_usage(subscription)), 3)

    def test_the_local_midnight_divides_periods(self):
        # 27 February 23:30 in Los Angeles is 28 February 07:30 UTC.
        subscription = self._start()
        subscription.tz = "America/Los_Angeles"
        self._use(subscription, "2026-02-28 07:30:00", 1)
        self._use(subscription, "2026-02-28 08:00:00", 10)
        self._bill("2026-02-28 12:00:00")
        self.assertEqual([row[2] for row in self._get_usage(subscription)], [1.0])
        self._bill("2026-03-31 12:00:00")
        self.assertEqual([row[2] for row in self._get_usage(subscription)], [1.0, 10.0])

    def test_in_arrears_it_is_billed_with_its_own_period(self):
        plan = self._new_plan("After", billing_timing="arrears")
        subscription = self._start(plan=plan)
        self._use(subscription, "2026-02-01 10:00:00", 4)
        self._bill("2026-02-28 12:00:00")
        self.assertEqual(self._get_usage(subscription), [(1, 1, 4.0, 2.0)])

    def test_fixed_and_what_is_above(self):
        subscription = self._start(mode="overage", quantity=10)
        self.assertEqual(subscription.amount_untaxed, 55.0)
        self._use(subscription, "2026-02-01 10:00:00", 14)
        self._bill("2026-02-28 12:00:00")
        self.assertEqual(self._get_usage(subscription), [(2, 1, 4.0, 2.0)])
        self.assertEqual(subscription.period_ids[0].amount, 57.0)

    def test_at_least(self):
        self._new_price(price=0.5, minimum_amount=20)
        subscription = self._start()
        self._bill("2026-02-28 12:00:00")
        self._use(subscription, "2026-03-02 10:00:00", 10)
        self._bill("2026-03-31 12:00:00")
        self.assertEqual(
            [row[3] for row in self._get_usage(subscription)], [20.0, 20.0]
        )

    def test_ways_to_count(self):
        events = self.env["sales.usage.event"]
        subscription = self._start()
        for hour, (quantity, subject) in enumerate(((3, "a"), (7, "b"), (5, "a"))):
            events |= self._use(
                subscription, f"2026-02-01 {hour:02}:00:00", quantity, subject=subject
            )
        counts = {}
        for way in ("sum", "max", "last", "unique"):
            self.meter.aggregation = way
            counts[way] = self.meter._aggregate(events)
        self.assertEqual(counts, {"sum": 15, "max": 7, "last": 5, "unique": 2})

    def test_what_is_billed_stays(self):
        subscription = self._start()
        event = self._use(subscription, "2026-02-01 10:00:00", 5)
        with self.assertRaisesRegex(SubscriptionLockedError, "by hand"):
            event.with_user(self.salesman).period_id = subscription.period_ids[:1]
        self._bill("2026-02-28 12:00:00")
        with self.assertRaises(SubscriptionLockedError):
            event.with_user(self.salesman).quantity = 1
        with self.assertRaises(SubscriptionLockedError):
            event.with_user(self.salesman).unlink()

    def test_another_meter_is_refused(self):
        subscription = self._start()
        other = self.meter.create({"name": "Other", "code": "other"})
        with self.assertRaisesRegex(ValidationError, "not counted by"):
            self._use(subscription, "2026-02-01 10:00:00").meter_id = other

    def test_in_whatever_order_events_come_the_sum_is_the_same(self):
        tiers = [
            Command.create({"up_to": 50, "price": 2.0}),
            Command.create({"up_to": 120, "price": 1.0, "fee": 3.0}),
            Command.create({"price": 0.25}),
        ]
        price = self._new_price(pricing="graduated", tier_ids=tiers, included_qty=7)
        source = random.Random(11)
        for _case in range(5):
            subscription = self._start()
            used, bills = [], ("2026-02-28", "2026-03-31", "2026-04-30")
            for index, day in enumerate(bills):
                for number in range(6):
                    # In this period or one billed long ago.
                    passed = source.randrange(0, 27 * (index + 1))
                    at = datetime.fromisoformat(f"{day} 00:00:00") - timedelta(
                        days=1 + passed
                    )
                    quantity = source.randrange(1, 40)
                    used.append((at, quantity))
                    self._use(
                        subscription, str(at), quantity, key=f"{_case}{day}{number}"
                    )
                self._bill(f"{day} 12:00:00")
            billed = sum(row[3] for row in self._get_usage(subscription))
            schedule = subscription._get_schedule()
            totals = {}
            for at, quantity in used:
                number = schedule.get_number(at.date())
                totals[number] = totals.get(number, 0) + quantity
            expected = sum(price._rate_usage(total)[1] for total in totals.values())
            self.assertAlmostEqual(billed, expected, 2)
