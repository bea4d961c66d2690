from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ...exceptions import ServiceUnavailableError
from ..common import SalesPlusCommon
from ..common_race import RaceCommon
from ..order.common_rates import RatesCommon

LOGGER = "odoo.addons.sales_order_plus.models.order.sales_currency_rate_provider"
JOBS = "odoo.addons.sales_order_plus.models.seam.sales_retry_job"
METHOD = ("sales.currency.rate.provider", "_update_from_server")


@tagged("post_install", "-at_install")
class TestRetryRates(RatesCommon):
    """The server of the rates is away for a while."""

    def _run_jobs(self):
        self.env.ref("sales_order_plus.ir_cron_retry").method_direct_trigger()

    def _get_job(self):
        return self.env["sales.retry.job"].search(
            [("res_id", "=", self.provider.id), ("model", "=", self.provider._name)]
        )

    @mute_logger(LOGGER)
    def test_fails_twice_then_works(self):
        self.server.status = 503
        with freeze_time("2026-06-01 10:00"):
            self._run_cron()
            job = self._get_job()
            self.assertEqual((job.state, job.attempts), ("waiting", 1))
            self.assertEqual(str(job.next_try), "2026-06-01 10:01:00")
            self.assertEqual(job.label, "Fetch currency rates")
        with freeze_time("2026-06-01 10:00:59"):
            self._run_jobs()
            self.assertEqual(job.attempts, 1, "not before its time")
        with freeze_time("2026-06-01 10:01"):
            self._run_jobs()
            self.assertEqual((job.state, job.attempts), ("waiting", 2))
            self.assertEqual(str(job.next_try), "2026-06-01 10:06:00")
        self.server.status = 200
        asked = len(self.server.asked)
        with freeze_time("2026-06-01 10:06"):
            self._run_jobs()
            self._run_jobs()
        self.assertEqual(job.state, "done")
        self.assertEqual(len(self.server.asked), asked + 1, "asked once")
        self.assertAlmostEqual(self._get_rate("2026-06-01"), 1.25)
        rates = self.env["res.currency.rate"].search(
            [("company_id", "=", self.europe.id), ("currency_id", "=", self.dollar.id)]
        )
        self.assertEqual(len(rates), 1, "stored once")
        self.assertFalse(self.provider.activity_ids)

    @mute_logger(LOGGER)
    def test_a_no_is_not_asked_again(self):
        self.server.status = 422
        self._run_cron()
        self.assertFalse(self._get_job())
        self.assertIn("422", self.provider.last_error)

    @mute_logger(LOGGER)
    def test_a_no_ends_the_job(self):
        self.server.status = 503
        self._run_cron()
        job = self._get_job()
        self.server.status = 422
        job.next_try = fields.Datetime.now()
        self._run_jobs()
        self.assertEqual(job.state, "failed")
        self.assertIn("422", job.last_error)

    @mute_logger(LOGGER, JOBS)
    def test_given_up_after_the_last(self):
        self.server.status = 503
        self._run_cron()
        job = self._get_job()
        for minutes in (5, 15, 60, 240):
            job.next_try = fields.Datetime.now()
            self._run_jobs()
            wait = job.next_try - fields.Datetime.now()
            self.assertAlmostEqual(wait / timedelta(minutes=1), minutes, delta=1)
        job.next_try = fields.Datetime.now()
        self._run_jobs()
        self.assertEqual(job.state, "failed")
        job.action_try_now()
        self.assertEqual(job.state, "waiting")
        job.action_give_up()
        self.assertEqual(job.state, "given_up")

    @mute_logger(LOGGER)
    def test_one_job_however_often_it_fails(self):
        self.server.status = 503
        for _time in range(3):
            self._run_cron()
        self.assertEqual(len(self._get_job()), 1)


@tagged("post_install", "-at_install")
class TestRetryJob(SalesPlusCommon):
    def test_nothing_but_the_list_is_called(self):
        jobs = self.env["sales.retry.job"]
        with self.assertRaises(ValueError):
            jobs._add(self.customer, "unlink", "x")
        job = jobs.create(
            {"model": "res.partner", "res_id": self.customer.id, "method": "unlink"}
        )
        job._run()
        self.assertEqual(job.state, "failed")
        self.assertTrue(self.customer.exists())

    @mute_logger(JOBS)
    def test_a_bug_stops_no_other_job(self):
        def _geocode_again(partner):
            if partner == self.customer:
                raise ZeroDivisionError("a bug")

        other = self.env["res.partner"].create({"name": "Other"})
        jobs = self.env["sales.retry.job"]
        broken, good = (
            jobs._add(one, "_geocode_again", "x") for one in (self.customer, other)
        )
        (broken | good).next_try = fields.Datetime.now()
        partners = self.env.registry["res.partner"]
        with patch.object(partners, "_geocode_again", _geocode_again):
            self.env.ref("sales_order_plus.ir_cron_retry").method_direct_trigger()
        self.assertEqual((broken.state, good.state), ("failed", "done"))
        waiting = jobs._add(self.customer, "_geocode_again", "x")
        broken.action_try_now()
        self.assertEqual((broken.state, waiting.state), ("failed", "waiting"))

    def test_record_is_gone(self):
        job = self.env["sales.retry.job"].create(
            {"model": "res.partner", "res_id": 10**8, "method": "_geocode_again"}
        )
        job._run()
        self.assertEqual(job.state, "failed")

    def test_who_sees_jobs(self):
        for user in (self.salesman, self.manager):
            with self.assertRaises(AccessError):
                self.env["sales.retry.job"].with_user(user).search([])
        admin = self.env.ref("base.user_admin")
        with self.assertRaises(AccessError):
            self.env["sales.retry.job"].with_user(admin).create(
                {"model": "res.partner", "res_id": 1, "method": "_geocode_again"}
            )

    def test_address_on_the_map(self):
        """The map does not answer, then it does."""
        partner = self.customer
        partner.write({"street": "1 Road", "city": "Town", "country_id": 1})
        self.env["ir.config_parameter"].sudo().set_param(
            "sales_order_plus.geocode_daily_cap", "10"
        )
        answers = [ConnectionError("away"), ConnectionError("away"), (1.5, 2.5)]

        class Coder:
            def geo_query_address(self, **address):
                return "text"

            def geo_find(self, text, **options):
                answer = answers.pop(0)
                if isinstance(answer, Exception):
                    raise answer
                return answer

        logger = "odoo.addons.sales_order_plus.models.eligibility.res_partner_address"
        with (
            patch.object(
                self.env.registry["res.partner"], "_get_geocoder", lambda model: Coder()
            ),
            mute_logger(logger),
        ):
            self.assertFalse(partner._geocode_safely(Coder()))
            job = self.env["sales.retry.job"].search([("res_id", "=", partner.id)])
            job._run()
            self.assertEqual((job.state, job.attempts), ("waiting", 2))
            job._run()
        self.assertEqual(job.state, "done")
        self.assertEqual(
            (partner.partner_latitude, partner.partner_longitude), (1.5, 2.5)
        )


@tagged("post_install", "-at_install")
class TestRetryRace(RaceCommon):
    """Two workers, one job."""

    def setUp(self):
        super().setUp()
        with self._open_worker() as env:
            provider = env["sales.currency.rate.provider"].create(
                {"name": "Race", "url": "https://rates.example/"}
            )
            job = env["sales.retry.job"]._add(provider, METHOD[1], "away")
            self.provider_id, self.job_id = provider.id, job.id
        self.addCleanup(self._remove)

    def _remove(self):
        with self._open_worker() as env:
            self._delete_rows(env, "sales_retry_job", "id", [self.job_id])
            env["sales.currency.rate.provider"].browse(self.provider_id).unlink()

    def test_second_worker_leaves_it(self):
        calls = []

        def _update(provider):
            calls.append(provider.id)

        provider_class = self.registry[METHOD[0]]
        with patch.object(provider_class, METHOD[1], _update):
            with self._open_worker() as first:
                first["sales.retry.job"].browse(self.job_id)._run()
                with self._open_worker() as second:
                    second["sales.retry.job"].browse(self.job_id)._run()
            with self._open_worker() as third:
                third["sales.retry.job"].browse(self.job_id)._run()
        self.assertEqual(calls, [self.provider_id])

    def test_killed_before_the_commit_runs_again(self):
        calls = []

        def _update(provider):
            calls.append(provider.id)
            provider.last_error = f"run {len(calls)}"

        with patch.object(self.registry[METHOD[0]], METHOD[1], _update):
            with self.assertRaises(KeyboardInterrupt), self._open_worker() as env:
                env["sales.retry.job"].browse(self.job_id)._run()
                raise KeyboardInterrupt
            with self._open_worker() as env:
                job = env["sales.retry.job"].browse(self.job_id)
                self.assertEqual(job.state, "waiting")
                job._run()
        with self._open_worker() as env:
            self.assertEqual(env["sales.retry.job"].browse(self.job_id).state, "done")
            provider = env["sales.currency.rate.provider"].browse(self.provider_id)
            self.assertEqual(provider.last_error, "run 2")

    def test_done_by_another_after_this_one_began(self):
        calls = []

        def _update(provider):
            calls.append(provider.id)

        with (
            patch.object(self.registry[METHOD[0]], METHOD[1], _update),
            mute_logger("odoo.sql_db"),
            self._open_worker() as late,
        ):
            job = late["sales.retry.job"].browse(self.job_id)
            self.assertEqual(job.state, "waiting")
            with self._open_worker() as quick:
                quick["sales.retry.job"].browse(self.job_id)._run()
            job._run()
        self.assertEqual(len(calls), 1)

    def test_service_error_keeps_it(self):
        def _update(provider):
            raise ServiceUnavailableError("away")

        with (
            patch.object(self.registry[METHOD[0]], METHOD[1], _update),
            self._open_worker() as env,
        ):
            env["sales.retry.job"].browse(self.job_id)._run()
        with self._open_worker() as env:
            job = env["sales.retry.job"].browse(self.job_id)
            self.assertEqual((job.state, job.attempts), ("waiting", 2))
