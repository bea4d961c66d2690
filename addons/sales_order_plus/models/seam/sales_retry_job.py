import logging
from datetime import timedelta

from psycopg2 import OperationalError
from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...exceptions import ServiceUnavailableError

_logger = logging.getLogger(__name__)

# Minutes to wait after the first, second, … failure; after the last one it is given up.
BACKOFF = (1, 5, 15, 60, 240)


class SalesRetryJob(models.Model):
    """Work that failed because an outside service did not answer, and is tried again.

    Only methods named in :meth:`_get_retry_methods` are called: what is in the table
    chooses among them and nothing else. A job and what it brings are committed
    together, so one that is killed runs again and nothing is stored twice.
    """

    _name = "sales.retry.job"
    _description = "Work to Be Tried Again"
    _order = "next_try, id"
    _rec_name = "method"

    model = fields.Char(required=True, readonly=True, help="Model of the record.")
    res_id = fields.Many2oneReference(
        string="Record ID",
        model_field="model",
        required=True,
        readonly=True,
        help="The record whose work failed.",
    )
    method = fields.Char(required=True, readonly=True, help="What is tried again.")
    label = fields.Char(
        string="Work", compute="_compute_label", help="What is tried again, in words."
    )
    record_name = fields.Char(
        string="Record", readonly=True, help="Name of the record when it failed."
    )
    attempts = fields.Integer(readonly=True, default=1, help="How often it failed.")
    next_try = fields.Datetime(
        readonly=True, index=True, help="When it is tried again (UTC)."
    )
    state = fields.Selection(
        selection=[
            ("waiting", "Waiting"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("given_up", "Given up"),
        ],
        string="Status",
        required=True,
        readonly=True,
        default="waiting",
        index=True,
        help="Failed: it is no use to try again, or it was tried too often.",
    )
    last_error = fields.Text(readonly=True, help="Why it failed last.")

    _waiting_uniq = models.UniqueIndex(
        "(model, res_id, method) WHERE state = 'waiting'",
        "This work waits to be tried again already.",
    )

    @api.model
    def _get_retry_methods(self):
        """Return {(model, method): label} of what may be tried again.

        The method takes no argument, raises ServiceUnavailableError where it is worth
        trying again, and may run twice.
        """
        return {}

    @api.depends("model", "method")
    @api.depends_context("lang")
    def _compute_label(self):
        labels = self._get_retry_methods()
        for job in self:
            job.label = labels.get((job.model, job.method), job.method)

    # === Adding === #

    @api.model
    def _add(self, record, method, error=None):
        """Have ``record.method()`` tried again after a while.

        :param record: one record
        :param str method: one of :meth:`_get_retry_methods`
        :param error: why it failed now; None: it is tried for the first time, as soon
            as this transaction is committed
        :return: the job, as superuser
        """
        if (record._name, method) not in self._get_retry_methods():
            raise ValueError(f"{record._name}.{method} may not be tried again")
        # sudo: nobody has rights to add jobs; they come from code alone.
        jobs = self.sudo()
        waiting = jobs.search(
            [
                ("model", "=", record._name),
                ("res_id", "=", record.id),
                ("method", "=", method),
                ("state", "=", "waiting"),
            ]
        )
        if waiting:
            return waiting
        job = jobs.create(
            {
                "model": record._name,
                "res_id": record.id,
                "method": method,
                "record_name": record.display_name,
                "attempts": 1 if error else 0,
                "last_error": error and str(error),
                "next_try": self._get_next_try(1) if error else fields.Datetime.now(),
            }
        )
        if not error:
            # sudo: who adds a job need not administrate crons.
            self.env.ref("sales_order_plus.ir_cron_retry").sudo()._trigger()
        return job

    @api.model
    def _get_next_try(self, attempts):
        return fields.Datetime.now() + timedelta(minutes=BACKOFF[attempts - 1])

    # === Trying === #

    @api.model
    def _cron_run(self):
        """Try what is due, one after the other; one that fails stops no other."""
        due = self.search(
            [("state", "=", "waiting"), ("next_try", "<=", fields.Datetime.now())]
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(due))
        for job in due:
            job._run()
            if not cron._commit_progress(1):
                break

    def _run(self):
        """Try one job, unless somebody else does so just now."""
        self.ensure_one()
        if not self._claim():
            return
        try:
            with self.env.cr.savepoint():
                self._call()
        except ServiceUnavailableError as error:
            self._note_failure(error)
        except OperationalError:
            # A collision with another transaction: Odoo starts the cron again.
            raise
        except Exception as error:
            if not isinstance(error, UserError):
                _logger.exception("%s of %s failed", self.method, self.model)
            # The service answered, and said no: it would say so again.
            self.write({"state": "failed", "last_error": str(error)})
        else:
            self.write({"state": "done", "next_try": False, "last_error": False})

    def _claim(self):
        """Lock the job; return False where another worker has it or has done it."""
        query = SQL(
            "SELECT id FROM sales_retry_job WHERE id = %s AND state = 'waiting' "
            "FOR UPDATE SKIP LOCKED",
            self.id,
        )
        try:
            with self.env.cr.savepoint(flush=False):
                return bool(self.env.execute_query(query))
        except SerializationFailure:
            # Done by a worker that ended after this one began.
            return False

    def _call(self):
        record = self.env[self.model].browse(self.res_id).exists()
        allowed = (self.model, self.method) in self._get_retry_methods()
        if not record or not allowed:
            raise UserError(self.env._("The record or the work is not there any more."))
        getattr(record, self.method)()

    def _note_failure(self, error):
        attempts = self.attempts + 1
        vals = {"attempts": attempts, "last_error": str(error)}
        if attempts > len(BACKOFF):
            vals["state"] = "failed"
            _logger.warning("%s of %s given up: %s", self.method, self.model, error)
        else:
            vals["next_try"] = self._get_next_try(attempts)
        self.write(vals)

    # === Buttons === #

    def action_try_now(self):
        """Try these jobs within a minute, also those that were given up.

        Where the same work waits already, the old job stays as it is.

        :return: True
        """
        self.check_access("write")
        waiting = self.search([("state", "=", "waiting")])
        known = {(job.model, job.res_id, job.method) for job in waiting}
        for job in self.filtered(lambda job: job.state not in ("done", "waiting")):
            work = (job.model, job.res_id, job.method)
            if work not in known:
                known.add(work)
                job.write({"state": "waiting", "attempts": 1})
        again = self.filtered(lambda job: job.state == "waiting")
        again.next_try = fields.Datetime.now()
        # sudo: who looks after jobs need not administrate crons.
        self.env.ref("sales_order_plus.ir_cron_retry").sudo()._trigger()
        return True

    def action_give_up(self):
        """Try these jobs no more.

        :return: True
        """
        self.check_access("write")
        waiting = self.filtered(lambda job: job.state == "waiting")
        waiting.write({"state": "given_up", "next_try": False})
        return True

    @api.autovacuum
    def _gc_done(self):
        """Forget what succeeded a month ago."""
        limit = fields.Datetime.now() - timedelta(days=30)
        self.search([("state", "=", "done"), ("write_date", "<", limit)]).unlink()
