import logging
from datetime import time, timedelta

from psycopg2 import OperationalError
from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.sales_order_plus.models.seam.moments import get_moment

_logger = logging.getLogger(__name__)


class SalesDueMixin(models.AbstractModel):
    """Records that are due at a moment, grouped by how near it is.

    The state is not stored: it is right at any minute, also in groups.
    """

    _name = "sales.due.mixin"
    _description = "Record With a Deadline"

    due_at = fields.Datetime(string="Due", help="Until when it should be done (UTC).")
    due_state = fields.Selection(
        selection=[
            ("overdue", "Overdue"),
            ("today", "Due today"),
            ("later", "Later"),
            ("none", "No deadline"),
        ],
        string="Deadline",
        compute="_compute_due_state",
        search="_search_due_state",
        help="How near the deadline is, in your time zone.",
    )

    # === Acting on what is due, once each === #

    def _run_each_due(self):
        """Do what is due on these records, one after the other, as a scheduled job.

        What was done is written in the transaction of the messages themselves: a
        server that is killed on the way has done both or neither.

        :return: whether there was time for all
        """
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(self))
        for record in self:
            record._run_if_due()
            if not cron._commit_progress(1):
                return False
        return True

    def _run_if_due(self):
        """Do what is due on one record; one that fails stops no other."""
        self.ensure_one()
        if not self._claim():
            return
        try:
            with self.env.cr.savepoint():
                self._run()
        except OperationalError:
            # A collision with another transaction: Odoo starts the cron again.
            raise
        except Exception:
            _logger.exception("What is due on %s failed", self)

    def _claim(self):
        """Lock what is acted on; return False where somebody else has it.

        Somebody may decide at this very moment, or another worker may have been here
        since this one began.
        """
        try:
            with self.env.cr.savepoint(flush=False):
                locked = self._lock_due()
        except SerializationFailure:
            return False
        return bool(locked and self._is_due_now())

    def _lock_due(self):
        """Return whether this transaction has the record now, without waiting."""
        return bool(self.try_lock_for_update())

    def _is_due_now(self):
        """Return whether there is still something to do."""
        return False

    def _run(self):
        """Do what is due."""

    # === How near it is === #

    @api.depends("due_at")
    def _compute_due_state(self):
        now, tomorrow = self._get_due_limits()
        for record in self:
            due = record.due_at
            if not due:
                record.due_state = "none"
            elif due <= now:
                record.due_state = "overdue"
            else:
                record.due_state = "today" if due < tomorrow else "later"

    @api.model
    def _get_due_limits(self):
        """Return now and the end of the user's day, both in UTC."""
        day = fields.Date.context_today(self) + timedelta(days=1)
        return fields.Datetime.now(), get_moment(day, time.min, self.env.tz.zone)

    @api.model
    def _search_due_state(self, operator, values):
        if operator != "in":
            return NotImplemented
        now, tomorrow = self._get_due_limits()
        domains = {
            "overdue": Domain("due_at", "<=", now),
            "today": Domain("due_at", ">", now) & Domain("due_at", "<", tomorrow),
            "later": Domain("due_at", ">", now) & Domain("due_at", ">=", tomorrow),
            "none": Domain("due_at", "=", False),
        }
        return Domain.OR([domains[value] for value in values if value in domains])

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr != "due_state":
            return super()._field_to_sql(alias, field_expr, query)
        now, tomorrow = self._get_due_limits()
        return SQL(
            "CASE WHEN %(due)s IS NULL THEN 'none' WHEN %(due)s <= %(now)s "
            "THEN 'overdue' WHEN %(due)s < %(tomorrow)s THEN 'today' ELSE 'later' END",
            due=self._field_to_sql(alias, "due_at", query),
            now=now,
            tomorrow=tomorrow,
        )

    def _read_group_orderby(self, order, groupby_terms, query):
        """Order groups by how pressing they are, not by the alphabet."""
        term = groupby_terms.get("due_state")
        if term is None:
            return super()._read_group_orderby(order, groupby_terms, query)
        states = [state for state, _label in self._fields["due_state"].selection]
        terms = {
            **groupby_terms,
            "due_state": SQL("array_position(%s, %s)", states, term),
        }
        result = super()._read_group_orderby(order, terms, query)
        # The original may have added to the other terms.
        groupby_terms.update({**terms, "due_state": term})
        return result
