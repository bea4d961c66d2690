from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_revenue import RevenueCommon


@tagged("post_install", "-at_install")
class TestRevenue(RevenueCommon):
    """Revenue waits on an account of liabilities until its days have passed."""

    def test_a_year_of_1200_from_15_march(self):
        invoice = self._invoice_year()
        schedule = self._get_schedule(invoice)
        self.assertEqual(schedule.balance, 1200.0)
        releases = self._get_releases(schedule)
        self.assertEqual(len(releases), 13)
        self.assertEqual(releases[0].revenue, round(1200 * 17 / 365, 2))
        self.assertEqual(round(sum(releases.mapped("revenue")), 6), 1200.0)
        self.assertEqual(
            (str(releases[0].date), str(releases[-1].date)),
            ("2026-03-31", "2027-03-31"),
        )
        for line in releases:
            self.assertEqual(
                (line.move_id.state, line.move_id.auto_post), ("draft", "at_date")
            )
            self.assertIn(invoice, line.move_id.adjusting_entry_origin_move_ids)
        self.assertEqual(invoice.adjusting_entries_count, 14)
        self.assertEqual(self._get_ledger(), 1200.0)
        self._post_due("2027-04-01")
        self.assertEqual((schedule.balance, schedule.state), (0.0, "done"))
        self.assertEqual(self._get_ledger(), 0.0)
        self.assertReconciled()

    def test_entries_balance_between_deferred_and_income(self):
        invoice = self._invoice_year()
        schedule = self._get_schedule(invoice)
        income = invoice.invoice_line_ids.account_id
        defer = schedule.line_ids.filtered(lambda line: line.kind == "defer").move_id
        self.assertEqual(defer.state, "posted")
        self.assertEqual(
            sorted(
                (line.account_id.id, line.debit, line.credit) for line in defer.line_ids
            ),
            sorted([(income.id, 1200.0, 0.0), (self.deferred.id, 0.0, 1200.0)]),
        )
        first = self._get_releases(schedule)[0].move_id
        self.assertEqual(
            sorted(
                (line.account_id.id, line.debit, line.credit) for line in first.line_ids
            ),
            sorted([(income.id, 0.0, 55.89), (self.deferred.id, 55.89, 0.0)]),
        )

    def test_cancelled_in_september_with_a_credit_note(self):
        invoice = self._invoice_year()
        schedule = self._get_schedule(invoice)
        self._post_due("2026-09-10")
        self.assertEqual(schedule.released, round(1200 * 170 / 365, 2))
        with freeze_time("2026-09-15 12:00:00"):
            schedule.subscription_id.with_user(self.salesman).action_cancel()
        unused = round(1200 * 181 / 365, 2)
        self._credit(invoice, "2026-09-15", unused, service_from="2026-09-15")
        self.assertEqual(schedule.balance, 0.0)
        self.assertEqual(schedule.state, "done")
        self.assertEqual(str(schedule.date_to), "2026-09-14")
        self.assertFalse(schedule.line_ids.filtered(lambda line: line.state == "draft"))
        # 184 days were served.
        self.assertEqual(schedule.released, round(1200 - unused, 2))
        self.assertEqual(self._get_ledger(), 0.0)
        self.assertReconciled()

    def test_all_credited_nothing_is_deferred(self):
        invoice = self._invoice_year()
        schedule = self._get_schedule(invoice)
        self._post_due("2026-09-10")
        self._credit(invoice, "2026-09-15")
        self.assertEqual((schedule.balance, schedule.state), (0.0, "done"))
        self.assertEqual(self._get_ledger(), 0.0)
        self.assertReconciled()

    def test_a_part_credited_the_rest_is_spread_anew(self):
        invoice = self._invoice_year()
        schedule = self._get_schedule(invoice)
        self._post_due("2026-04-01")
        self._credit(invoice, "2026-04-10", 100.0)
        rest = round(1200 - 55.89 - 100, 2)
        self.assertEqual(schedule.balance, rest)
        planned = schedule.line_ids.filtered(lambda line: line.state == "draft")
        self.assertEqual(len(planned), 12)
        self.assertEqual(round(sum(planned.mapped("revenue")), 2), rest)
        self._post_due("2027-04-01")
        self.assertEqual(self._get_ledger(), 0.0)
        self.assertReconciled()

    def test_a_credit_note_that_is_taken_back(self):
        invoice = self._invoice_year()
        schedule = self._get_schedule(invoice)
        self._post_due("2026-04-01")
        note = self._credit(invoice, "2026-04-10", 600.0, service_from="2026-09-15")
        self.assertEqual(str(schedule.date_to), "2026-09-14")
        for _time in range(2):
            with freeze_time("2026-04-11 12:00:00"):
                note.button_draft()
                self.assertEqual(schedule.balance, round(1200 - 55.89, 2))
                self.assertEqual(str(schedule.date_to), "2027-03-14")
                note.action_post()
            self.assertEqual(schedule.balance, round(1200 - 55.89 - 600, 2))
        self.assertReconciled()

    def test_the_invoice_reset_and_posted_again(self):
        invoice = self._invoice_year()
        first = self._get_schedule(invoice)
        with freeze_time("2026-03-16 12:00:00"):
            invoice.with_user(self.accountant).button_draft()
            self.assertTrue(first.cancelled)
            self.assertEqual((first.balance, first.state), (0.0, "cancelled"))
            self.assertEqual(self._get_ledger(), 0.0)
            self.assertFalse(
                first.line_ids.filtered(lambda line: line.state == "draft")
            )
            invoice.with_user(self.accountant).action_post()
        second = self._get_schedule(invoice)
        self.assertNotEqual(first, second)
        self.assertEqual(second.balance, 1200.0)
        self.assertReconciled()

    def test_cancelled_after_releases_all_of_it_goes(self):
        invoice = self._invoice_year()
        schedule = self._get_schedule(invoice)
        self._post_due("2026-06-01")
        with freeze_time("2026-06-02 12:00:00"):
            invoice.button_cancel()
        self.assertEqual(schedule.balance, 0.0)
        self.assertEqual(self._get_ledger(), 0.0)
        self.assertReconciled()

    def test_never_two_schedules_for_one_line(self):
        invoice = self._invoice_year()
        schedule = self._get_schedule(invoice)
        invoice.with_user(self.accountant).action_defer_revenue()
        self.assertEqual(self._get_schedule(invoice), schedule)
        vals = schedule._prepare_vals(schedule.move_line_id)
        with (
            self.assertRaises(UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            schedule.create(vals)

    def test_without_accounts_nothing_is_deferred(self):
        self._configure(on=False)
        invoice = self._invoice_year()
        self.assertFalse(self._get_schedule(invoice))
        self.assertFalse(invoice.adjusting_entries_move_ids)
        self._configure()
        with freeze_time("2026-03-20 12:00:00"):
            invoice.with_user(self.accountant).action_defer_revenue()
        self.assertEqual(self._get_schedule(invoice).balance, 1200.0)

    def test_deferred_later_what_was_credited_counts(self):
        self._configure(on=False)
        invoice = self._invoice_year()
        note = self._credit(invoice, "2026-03-18", 200.0)
        self._configure()
        with freeze_time("2026-03-20 12:00:00"):
            for _time in range(2):
                (invoice | note).with_user(self.accountant).action_defer_revenue()
        self.assertEqual(self._get_schedule(invoice).balance, 1000.0)
        self.assertReconciled()

    def test_within_its_month_it_is_income_at_once(self):
        self.care.sales_plan_id = self.monthly
        invoice = self._invoice_year("2026-03-01", self.care)
        self.assertEqual(str(invoice.invoice_line_ids.sales_service_to), "2026-03-31")
        self.assertFalse(self._get_schedule(invoice))

    def test_locked_months_are_left_alone(self):
        self._configure(on=False)
        invoice = self._invoice_year()
        self._configure()
        with freeze_time("2026-06-10 12:00:00"):
            self.company.fiscalyear_lock_date = "2026-05-31"
            invoice.with_user(self.accountant).action_defer_revenue()
        schedule = self._get_schedule(invoice)
        self.assertEqual(
            min(schedule.line_ids.mapped("date")).isoformat(), "2026-06-01"
        )
        releases = self._get_releases(schedule)
        self.assertEqual(str(releases[0].date), "2026-06-30")
        self.assertEqual(str(releases[0].date_from), "2026-03-15")
        self.assertEqual(releases[0].revenue, round(1200 * 108 / 365, 2))
        self.assertEqual(round(sum(releases.mapped("revenue")), 2), 1200.0)
        self._post_due("2027-04-01")
        self.assertEqual(self._get_ledger(), 0.0)
        self.assertReconciled()

    def test_posted_late_it_goes_into_an_open_month(self):
        invoice = self._invoice_year()
        schedule = self._get_schedule(invoice)
        with freeze_time("2026-04-12 12:00:00"):
            draft = self._get_releases(schedule)[0].move_id
            # Locked over the head of a draft, as a lock of the group's books does.
            self.env.cr.execute(
                "UPDATE res_company SET fiscalyear_lock_date = '2026-03-31' WHERE id = %s",
                [self.company.id],
            )
            self.env.invalidate_all()
            draft._post()
        self.assertEqual(str(self._get_releases(schedule)[0].date), "2026-04-12")
        self.assertReconciled()

    def test_periods_of_the_subscription_carry_their_days(self):
        subscription = self._subscribe((self.care, 1), at="2026-01-31 10:00:00")
        self._bill("2026-02-28 12:00:00")
        invoice = subscription.period_ids.move_id
        line = invoice.invoice_line_ids.filtered("product_id")
        self.assertEqual(
            (str(line.sales_service_from), str(line.sales_service_to)),
            ("2026-02-28", "2026-03-30"),
        )
        schedule = self._get_schedule(invoice)
        # 31 days, one of them in February.
        self.assertEqual(self._get_releases(schedule).mapped("revenue"), [1.61, 48.39])
        self.assertEqual(subscription.sudo().deferred_revenue, 48.39)

    def test_who_sees_schedules(self):
        schedule = self._get_schedule(self._invoice_year())
        for user in (self.accountant, self.manager):
            schedule.with_user(user).read(["balance"])
            schedule.line_ids.with_user(user).read(["amount"])
            self.env["sales.revenue.report"].with_user(user).search([])
            for right in ("create", "write", "unlink"):
                self.assertFalse(schedule.with_user(user).has_access(right))
                self.assertFalse(schedule.line_ids.with_user(user).has_access(right))
        for user in (self.salesman, self.storeman, self.portal_user):
            with self.assertRaises(AccessError):
                schedule.with_user(user).read(["balance"])
        line = schedule.move_line_id.with_user(self.portal_user)
        with self.assertRaises(AccessError):
            line.read(["sales_service_to"])

    def test_balances_over_rpc(self):
        self._invoice_year()
        schedules = self.env["sales.revenue.schedule"].with_user(self.accountant)
        found = [
            row
            for row in schedules.get_balances(date="2026-03-20")
            if row["account"] == "2120.T"
        ]
        self.assertEqual(
            found,
            [
                {
                    "account": "2120.T",
                    "company_id": self.company.id,
                    "balance": 1200.0,
                    "currency": self.company.currency_id.name,
                }
            ],
        )
        with self.assertRaises(AccessError):
            schedules.with_user(self.salesman).get_balances(date="2026-03-20")
