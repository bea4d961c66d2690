from contextlib import suppress
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..common import SubscriptionCommon

MANY = 1000
AT = "2026-02-28 12:00:00"


@tagged("post_install", "-at_install")
class TestBatch(SubscriptionCommon):
    """Many due at once: each billed once, and who fails stops nobody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.monthly.document = "invoice"

    def _subscribe_many(self, count):
        subscriptions = self.env["sales.subscription"].create(
            [
                {
                    "partner_id": self.customer.id,
                    "plan_id": self.monthly.id,
                    "anchor_date": "2026-02-28",
                    "line_ids": [Command.create({"product_id": self.care.id})],
                }
                for _number in range(count)
            ]
        )
        subscriptions.action_start()
        return subscriptions

    def _count_billed(self, subscriptions):
        """Return (rows, distinct periods, posted invoices) as the database has them."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT count(*), count(DISTINCT (row.subscription_id, row.period_no)),"
            " count(DISTINCT move.id) FILTER (WHERE move.state = 'posted')"
            " FROM sales_subscription_period row"
            " LEFT JOIN account_move move ON move.id = row.move_id"
            " WHERE row.subscription_id IN %s",
            [subscriptions._ids],
        )
        return self.env.cr.fetchone()

    def _fail_for(self, subscription):
        rows = self.env.registry["sales.subscription.period"]
        prepare = rows._prepare_invoice_vals

        def prepare_or_fail(row, *arguments):
            if row.subscription_id.id == subscription.id:
                raise UserError("No journal")  # pylint: disable=translation-required
            return prepare(row, *arguments)

        return patch.object(rows, "_prepare_invoice_vals", prepare_or_fail)

    def test_a_thousand_are_billed_once_each(self):
        subscriptions = self._subscribe_many(MANY)
        self._bill(AT)
        self.assertEqual(self._count_billed(subscriptions), (MANY, MANY, MANY))
        self._bill("2026-02-28 13:00:00")
        self.assertEqual(self._count_billed(subscriptions), (MANY, MANY, MANY))

    def test_a_run_that_breaks_off_goes_on_where_it_was(self):
        subscriptions = self._subscribe_many(120)
        model = self.env.registry["sales.subscription"]
        bill = model._bill_next_periods
        passes = []

        def break_off(records):
            passes.append(len(records))
            if len(passes) == 2:
                raise KeyboardInterrupt
            return bill(records)

        # Not assertRaises, which would take back what was committed before.
        with (
            patch.object(model, "_bill_next_periods", break_off),
            suppress(KeyboardInterrupt),
        ):
            self._bill(AT)
        self.assertEqual(passes, [50, 50])
        self.env.invalidate_all()
        self.assertEqual(self._count_billed(subscriptions)[2], 50)
        self._bill(AT)
        self.assertEqual(self._count_billed(subscriptions), (120, 120, 120))

    def test_who_fails_stops_none_of_the_batch(self):
        subscriptions = self._subscribe_many(6)
        broken = subscriptions[2]
        with self._fail_for(broken):
            self._bill(AT)
        self.assertEqual((subscriptions - broken).mapped("period_no"), [1] * 5)
        self.assertEqual(broken.period_no, 0)
        self.assertFalse(broken.period_ids)
        self.assertEqual(broken.billing_error, "No journal")
        self.assertEqual(self._count_billed(subscriptions), (5, 5, 5))
        self._bill("2026-02-28 13:00:00")
        self.assertEqual(self._count_billed(subscriptions), (6, 6, 6))
        self.assertFalse(broken.billing_error)

    def test_orders_are_made_confirmed_and_invoiced_together(self):
        self.monthly.document = "order"
        subscriptions = self._subscribe_many(4)
        orders = self.env.registry["sale.order"]
        confirm, calls = orders.action_confirm, []

        def count(records):
            calls.append(len(records))
            return confirm(records)

        with patch.object(orders, "action_confirm", count):
            self._bill(AT)
        self.assertEqual(calls, [4])
        self.assertEqual(self._count_billed(subscriptions), (4, 4, 4))
        # One customer, and an invoice for each of them.
        self.assertEqual(len(subscriptions.period_ids.order_id), 4)

    def test_one_of_a_batch_waits_for_a_decision(self):
        self.monthly.document = "order"
        subscriptions = self._subscribe_many(3)
        stopped = subscriptions[1]
        orders = self.env.registry["sale.order"]
        original = orders._get_guard_stops

        def get_stops(records, operation, baseline=None):
            stops = original(records, operation, baseline)
            for order in records.filtered(lambda one: one.origin == stopped.name):
                stops[order] = [type("Finding", (), {"message": "Too much"})]
            return stops

        with patch.object(orders, "_get_guard_stops", get_stops):
            self._bill(AT)
        self.assertEqual(stopped.period_ids.order_id.state, "draft")
        self.assertEqual(stopped.period_ids.waiting_reason, "Too much")
        others = (subscriptions - stopped).period_ids
        self.assertEqual(others.mapped("state"), ["invoiced"] * 2)

    def test_queries_do_not_grow_with_the_batch(self):
        def count_for(size):
            subscriptions = self._subscribe_many(size).sudo()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            subscriptions._bill_next_periods()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        self.monthly.auto_post = False
        count_for(2)
        few, many = count_for(5), count_for(25)
        # Each one more costs a few: OCA's contract needs 16 for an invoice.
        self.assertLessEqual((many - few) / 20, 3)
