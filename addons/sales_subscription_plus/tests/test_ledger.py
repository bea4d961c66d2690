from psycopg2 import IntegrityError
from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestLedger(SubscriptionCommon):
    @mute_logger("odoo.sql_db")
    def test_a_period_is_entered_once(self):
        subscription = self._subscribe().sudo()
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            subscription._claim_period(1)

    @mute_logger("odoo.sql_db")
    def test_not_even_sql_enters_it_twice(self):
        period = self._subscribe().period_ids
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            self.env.cr.execute(
                "INSERT INTO sales_subscription_period "
                "(subscription_id, kind, period_no, date_start, date_end, state) "
                "SELECT subscription_id, kind, period_no, date_start, date_end, state "
                "FROM sales_subscription_period WHERE id = %s",
                [period.id],
            )

    def test_a_waived_period_may_be_entered_again(self):
        subscription = self._subscribe()
        subscription.origin_order_id.action_cancel()
        self.assertEqual(subscription.period_ids.state, "waived")
        self.env.flush_all()
        subscription.sudo()._claim_period(1)
        self.assertEqual(len(subscription.period_ids), 2)

    def test_billing_on_a_stale_number_is_refused(self):
        subscription = self._subscribe()
        self._bill("2026-02-28 12:00:00")
        orders = self.env["sale.order"].search_count([])
        model = type(subscription)
        self.patch(model, "_claim_periods", lambda some, _no: self._claim_stale(some))
        with mute_logger("odoo.sql_db"):
            self._bill("2026-03-31 12:00:00")
        self.assertEqual(self.env["sale.order"].search_count([]), orders)
        self.assertEqual(subscription.period_no, 2)
        self.assertTrue(subscription.billing_error)

    def _claim_stale(self, subscription):
        """Enter the last period again, as a worker with an old picture would."""
        return subscription.env["sales.subscription.period"].create(
            subscription._prepare_period_vals(subscription.period_no)
        )

    def test_number_counts_without_gaps(self):
        subscription = self._subscribe().sudo()
        subscription.env["sales.subscription.period"].create(
            subscription._prepare_period_vals(4, state="paused")
        )
        self.assertEqual(subscription.period_no, 1)
        self.assertEqual(str(subscription.next_billing_date), "2026-02-28")

    def test_nobody_writes_the_ledger(self):
        period = self._subscribe().period_ids
        manager = self.env["res.users"].browse(self.manager.id)
        manager.group_ids += self.env.ref("account.group_account_manager")
        for user in (self.salesman, self.colleague, self.manager, self.accountant):
            row = period.with_user(user)
            self.assertEqual(row.state, "ordered")
            with self.assertRaises(AccessError):
                row.write({"state": "waived"})
            with self.assertRaises(AccessError):
                row.unlink()
            with self.assertRaises(AccessError):
                row.create({"subscription_id": period.subscription_id.id})

    def test_nor_through_the_order(self):
        subscription = self._subscribe()
        order = subscription.origin_order_id
        with self.assertRaises(AccessError):
            order.write(
                {
                    "sales_period_ids": [
                        Command.update(subscription.period_ids.id, {"state": "waived"})
                    ]
                }
            )
        with self.assertRaises(AccessError):
            subscription.write(
                {"period_ids": [Command.delete(subscription.period_ids.id)]}
            )

    def test_a_cancelled_period_order_is_waived(self):
        subscription = self._subscribe((self.report, 1), at="2025-02-10 10:00:00")
        self._bill("2026-02-10 12:00:00")
        period = subscription.period_ids[0].sudo()
        period.order_id.action_cancel()
        self.assertEqual(period.state, "waived")
        self._bill("2026-02-11 12:00:00")
        # Not billed, and not by the next run either.
        self.assertEqual(subscription.period_no, 2)
        self.assertEqual(len(subscription.period_ids), 2)
        period.order_id.action_draft()
        self.assertEqual(period.state, "waived")
        period.order_id.action_confirm()
        self.assertEqual(period.state, "ordered")
        self._invoice("2026-02-12 12:00:00")
        self.assertEqual(period.state, "invoiced")

    def test_a_period_order_cannot_be_deleted(self):
        subscription = self._subscribe()
        self._bill("2026-02-28 12:00:00")
        order = subscription.period_ids[0].order_id.sudo()
        order.invoice_ids.button_draft()
        order.action_cancel()
        with self.assertRaisesRegex(UserError, "belongs to a subscription"):
            order.sudo(False).with_user(self.manager).unlink()

    @mute_logger("odoo.sql_db")
    def test_the_database_keeps_what_the_ledger_names(self):
        period = self._subscribe().period_ids
        self.env.flush_all()
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.env.cr.execute(
                "DELETE FROM sale_order WHERE id = %s", [period.order_id.id]
            )

    def test_the_name_of_a_row(self):
        subscription = self._subscribe()
        self.assertEqual(
            subscription.period_ids.display_name, f"{subscription.name}, period 1"
        )
