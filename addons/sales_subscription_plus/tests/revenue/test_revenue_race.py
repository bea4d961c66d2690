import threading
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.sales_order_plus.tests.common_race import RaceCommon


@tagged("post_install", "-at_install")
class TestRevenueRace(RaceCommon):
    """Two workers defer the revenue of one invoice, in transactions of their own.

    What they work on is committed, so it is removed at the end.
    """

    def setUp(self):
        super().setUp()
        with self._open_worker() as env:
            self.company_vals = self._configure(env)
            self.invoice_id = self._create_invoice(env).id
        self.addCleanup(self._remove)

    def _configure(self, env):
        """Let the company defer, and return how it was before."""
        company = env.company
        names = ("sales_deferred_account_id", "sales_deferred_journal_id")
        before = {name: company[name].id for name in names}
        account = env["account.account"].create(
            {
                "name": "Race",
                "code": "RACE.1",
                "account_type": "liability_current",
            }
        )
        journal = env["account.journal"].create(
            {"name": "Race", "code": "RACE", "type": "general"}
        )
        company.write(dict(zip(names, (account.id, journal.id), strict=True)))
        return before

    def _create_invoice(self, env):
        """Post an invoice of a year, not deferred yet."""
        invoice = env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": env["res.partner"].create({"name": "Race"}).id,
                "invoice_date": "2026-03-15",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Race",
                            "quantity": 1,
                            "price_unit": 1200.0,
                            "tax_ids": [Command.clear()],
                            "sales_service_from": "2026-03-15",
                            "sales_service_to": "2027-03-14",
                        }
                    )
                ],
            }
        )
        moves = self.registry["account.move"]
        with patch.object(moves, "_defer_revenue", lambda posted: None):
            invoice.action_post()
        return invoice

    def _remove(self):
        with self._open_worker() as env:
            journal = env.company.sales_deferred_journal_id
            account = env.company.sales_deferred_account_id
            env.company.write(self.company_vals)
            partner = env["account.move"].browse(self.invoice_id).partner_id
            env.flush_all()
            for statement in (
                SQL(
                    "DELETE FROM sales_revenue_schedule_line WHERE schedule_id IN "
                    "(SELECT id FROM sales_revenue_schedule WHERE move_id = %s)",
                    self.invoice_id,
                ),
                SQL(
                    "DELETE FROM sales_revenue_schedule WHERE move_id = %s",
                    self.invoice_id,
                ),
                SQL(
                    "DELETE FROM account_move WHERE id = %s OR journal_id = %s",
                    self.invoice_id,
                    journal.id,
                ),
            ):
                env.cr.execute(statement)
            env.invalidate_all()
            journal.unlink()
            account.unlink()
            partner.unlink()

    def _defer(self, env):
        env["account.move"].browse(self.invoice_id)._defer_revenue()
        env.flush_all()

    def _count(self):
        with self._open_worker() as env:
            schedules = env["sales.revenue.schedule"].search(
                [("move_id", "=", self.invoice_id)]
            )
            kinds = schedules.line_ids.mapped("kind")
            return len(schedules), kinds.count("defer")

    @mute_logger("odoo.sql_db")
    def test_two_at_once_defer_it_once(self):
        errors = []

        def defer_too():
            try:
                with self._open_worker() as env:
                    self._defer(env)
            except UniqueViolation as error:
                errors.append(error)

        with self._open_worker() as env:
            self._defer(env)
            # It does not see what is not committed, and waits at the index.
            other = threading.Thread(target=defer_too)
            other.start()
            self._wait_until_blocked(env)
        other.join(60)
        self.assertFalse(other.is_alive())
        self.assertEqual(len(errors), 1)
        self.assertEqual(self._count(), (1, 1))

    def test_where_the_first_gives_up_the_second_does_it(self):
        def defer_too():
            with self._open_worker() as env:
                self._defer(env)

        with self._open_worker() as env:
            self._defer(env)
            other = threading.Thread(target=defer_too)
            other.start()
            self._wait_until_blocked(env)
            env.cr.rollback()
        other.join(60)
        self.assertEqual(self._count(), (1, 1))

    def _wait_until_blocked(self, env):
        """Return when another transaction waits for this one."""
        query = SQL(
            "SELECT 1 FROM pg_stat_activity "
            "WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        for _try in range(20_000):
            if env.execute_query(query):
                return
            env.cr.execute("SELECT pg_stat_clear_snapshot()")
        self.fail("Nobody waits")
