import threading

from psycopg2.errors import UniqueViolation

from odoo import SUPERUSER_ID, api, fields
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.sales_order_plus.tests.common_race import RaceCommon

TABLES = (
    "sales_mrr_movement",
    "sales_subscription_period",
    "sales_subscription_line",
    "sales_subscription",
)


@tagged("post_install", "-at_install")
class TestRace(RaceCommon):
    """Two workers with connections and transactions of their own.

    What they work on is committed, so it is removed at the end; audit events,
    which nobody can remove, are not written meanwhile.
    """

    def setUp(self):
        super().setUp()
        with self._open_worker() as env:
            self.paused = env["sales.subscription"].search([("state", "=", "active")])
            self.paused.write({"state": "paused"})
            self.subscription_id = self._create_subscription(env).id
        self.addCleanup(self._remove)

    def _create_subscription(self, env):
        plan = env["sales.subscription.plan"].create(
            # Draft invoices can be removed again.
            {"name": "Race", "auto_post": False}
        )
        product = env["product.product"].create(
            {
                "name": "Race",
                "type": "service",
                "list_price": 10.0,
                "invoice_policy": "order",
                "recurring_ok": True,
                "taxes_id": [Command.clear()],
            }
        )
        subscription = env["sales.subscription"].create(
            {
                "partner_id": env["res.partner"].create({"name": "Race"}).id,
                "plan_id": plan.id,
                "anchor_date": fields.Date.today(),
                "line_ids": [Command.create({"product_id": product.id})],
            }
        )
        subscription.action_start()
        return subscription

    def _remove(self):
        with self._open_worker() as env:
            subscription = self._get(env)
            orders = env["sale.order"].search([("origin", "=", subscription.name)])
            orders.invoice_ids.unlink()
            partner, plan = subscription.partner_id, subscription.plan_id
            product = subscription.line_ids.product_id
            env.flush_all()
            for table in TABLES:
                column = "id" if table == "sales_subscription" else "subscription_id"
                env.cr.execute(
                    SQL(
                        "DELETE FROM %s WHERE %s = %s",
                        SQL.identifier(table),
                        SQL.identifier(column),
                        subscription.id,
                    )
                )
            env.invalidate_all()
            orders.action_cancel()
            orders.unlink()
            product.product_tmpl_id.unlink()
            partner.unlink()
            plan.unlink()
            for other in env["sales.subscription"].browse(self.paused.ids):
                other._write_life({"paused_from": False})
                env.cr.execute(
                    "UPDATE sales_subscription SET state = 'active' WHERE id = %s",
                    [other.id],
                )
                env.add_to_compute(other._fields["next_billing_date"], other)

    def _get(self, env):
        return env["sales.subscription"].browse(self.subscription_id)

    def _count(self):
        with self._open_worker() as env:
            subscription = self._get(env)
            orders = env["sale.order"].search([("origin", "=", subscription.name)])
            return len(subscription.period_ids), len(orders), len(orders.invoice_ids)

    def test_second_worker_passes_by_what_the_first_one_bills(self):
        with self._open_worker() as first:
            one = self._get(first)
            self.assertEqual(one.try_lock_for_update(), one)
            one._bill_next_period()
            first.flush_all()
            # Not committed yet: the second worker comes.
            with self._open_worker() as second:
                second["sales.subscription"]._cron_bill()
            self.assertEqual(self._count(), (0, 0, 0))
        with self._open_worker() as second:
            second["sales.subscription"]._cron_bill()
        self.assertEqual(self._count(), (1, 1, 1))

    def test_two_workers_at_once(self):
        start = threading.Barrier(2)
        failures = []

        def work():
            try:
                with self._open_worker() as env:
                    start.wait(10)
                    env["sales.subscription"]._cron_bill()
            except Exception as error:  # noqa: BLE001 shown by the assertion below
                failures.append(error)

        workers = [threading.Thread(target=work) for _worker in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
        self.assertFalse(failures)
        self.assertEqual(self._count(), (1, 1, 1))
        with self._open_worker() as env:
            self.assertFalse(self._get(env).billing_error)

    @mute_logger("odoo.sql_db")
    def test_without_any_lock_the_ledger_lets_one_through(self):
        errors = []
        entered = threading.Event()

        def claim():
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                # An old picture: the period is not there yet.
                self.assertFalse(self._get(env).period_ids)
                entered.set()
                try:
                    self._get(env)._claim_period(1)
                except UniqueViolation as error:
                    errors.append(error)
                    cr.rollback()

        with self._open_worker() as first:
            self._get(first)._bill_next_period()
            first.flush_all()
            second = threading.Thread(target=claim)
            second.start()
            self.assertTrue(entered.wait(10))
        second.join(60)
        self.assertEqual(len(errors), 1)
        self.assertEqual(self._count(), (1, 1, 1))
