"""How refunds are sent: said first, committed, and only then done."""

import logging
from datetime import timedelta

from psycopg2 import OperationalError
from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import SQL

from ..seam.sales_retry_job import BACKOFF
from .provider_failure import NOT_REACHED, REFUSED, get_verdict

_logger = logging.getLogger(__name__)

# A worker that asked longer ago than this and has no answer is dead.
ORPHANED = timedelta(minutes=10)
# Providers that answer later do so within this time.
OVERDUE = timedelta(days=5)


class SalesOrderRefund(models.Model):
    """The queue. Not one of ``sales.retry.job``: these begin anew when they are killed.

    A refund is marked as sent, with its transaction, in a commit of its own before the
    provider is asked. So a worker that dies in between leaves a refund that is sent and
    has no answer: it is looked up, never asked for again.
    """

    _inherit = "sales.order.refund"

    @api.model
    def _trigger(self):
        # sudo: who cancels need not administrate crons.
        self.env.ref("sales_order_plus.ir_cron_refunds").sudo()._trigger()

    @api.model
    def _cron_send(self):
        """Send what is due and look after what is not answered, one after the other."""
        now, cron = fields.Datetime.now(), self.env["ir.cron"]
        waiting = Domain("state", "=", "to_send") & Domain("next_try", "<=", now)
        asked = Domain("state", "=", "sent") & Domain("sent_on", "<", now - ORPHANED)
        due = self.search(waiting | asked, order="id")
        cron._commit_progress(remaining=len(due))
        for refund in due:
            refund._run()
            if not cron._commit_progress(1):
                break

    def _run(self):
        """Go one step on with it, unless another worker does."""
        self.ensure_one()
        if not self._claim():
            return
        if self.state == "sent":
            self._look_up()
        elif self.state == "to_send" and self._announce():
            # Whatever happens now: that it was sent is known.
            self.env["ir.cron"]._commit_progress()
            if self._claim():
                self._ask_provider()

    def _claim(self):
        """Lock the refund and read it anew; False where another worker has it."""
        query = SQL(
            "SELECT id FROM sales_order_refund WHERE id = %s FOR UPDATE SKIP LOCKED",
            self.id,
        )
        try:
            with self.env.cr.savepoint(flush=False):
                found = bool(self.env.execute_query(query))
        except SerializationFailure:
            return False
        self.invalidate_recordset()
        return found

    # === Said === #

    def _announce(self):
        """Keep that the provider is asked now, and by which transaction.

        :return: whether it may be asked
        """
        obstacle = self._get_obstacle()
        if obstacle:
            self._fail(obstacle)
            return False
        child = self.child_id or self._find_child() or self._create_child()
        self.write(
            {
                "state": "sent",
                "child_id": child.id,
                "sent_on": fields.Datetime.now(),
                "answered_on": False,
            }
        )
        if not self.attempts:
            child._log_sent_message()
        return True

    def _get_obstacle(self):
        """Return why the provider need not be asked, or False."""
        transaction = self.transaction_id
        if not transaction._can_give_back(self.amount, self.kind):
            return self.env._(
                "%s does not give back such amounts.", transaction.provider_id.name
            )
        left = transaction._get_left(self.kind, self)
        if self.currency_id.compare_amounts(self.amount, left) > 0:
            return self.env._(
                "Of this payment %s is left: somebody gave money back meanwhile.",
                self.currency_id.format(max(left, 0.0)),
            )
        return False

    def _find_child(self):
        return self.transaction_id.child_transaction_ids.filtered(
            lambda one: one.reference == self.reference
        )

    def _create_child(self):
        """Create the transaction that Odoo's own refund would, with our reference."""
        values = {"reference": self.reference}
        if self.credit_note_id and self.kind == "refund":
            # Its payment is set off against the credit note by Odoo then.
            values["invoice_ids"] = [Command.set(self.credit_note_id.ids)]
        return self.transaction_id._create_child_transaction(
            self.amount, is_refund=self.kind == "refund", **values
        )

    # === Done === #

    def _ask_provider(self):
        """Ask the provider, once, and keep what came of it."""
        child = self.child_id
        ask = {
            "refund": child._send_refund_request,
            "void": child._send_void_request,
        }[self.kind]
        try:
            with self.env.cr.savepoint():
                ask()
        except OperationalError:
            # Our database, not the provider: it is looked up later.
            raise
        except Exception as error:  # noqa: BLE001 what it means is found out below
            self._note_failure(error)
        else:
            self.answered_on = fields.Datetime.now()
            self._look_up()

    def _note_failure(self, error):
        """Try again what never arrived, give up what was refused, check the rest."""
        verdict = get_verdict(error)
        _logger.warning("Refund %s (%s): %s", self.reference, verdict, error)
        if verdict == REFUSED:
            self.child_id._set_error(str(error))
            self._fail(str(error))
        elif verdict != NOT_REACHED:
            self._set_unknown(str(error))
        elif self.attempts < len(BACKOFF):
            minutes = BACKOFF[self.attempts]
            self.write(
                {
                    **self._prepare_again_vals(),
                    "attempts": self.attempts + 1,
                    "next_try": fields.Datetime.now() + timedelta(minutes=minutes),
                    "last_error": str(error),
                }
            )
        else:
            self.child_id._set_error(str(error))
            self._fail(str(error))

    def _prepare_again_vals(self):
        return {
            "state": "to_send",
            "next_try": fields.Datetime.now(),
            "sent_on": False,
            "answered_on": False,
        }

    def _look_up(self):
        """Find out from its transaction what became of it."""
        for refund in self.filtered(lambda one: one.state in ("sent", "unknown")):
            child = refund.child_id
            done = "done" if refund.kind == "refund" else "cancel"
            if child.state == done:
                refund._finish()
            elif child.state in ("error", "cancel"):
                refund._fail(child.state_message or child.state)
            elif refund.state == "sent" and not refund._is_answer_awaited():
                refund._set_unknown(self.env._("There is no answer of the provider."))

    def _is_answer_awaited(self):
        """Return whether the provider has the request and may still answer."""
        known = self.answered_on or self.child_id.provider_reference
        since = self.answered_on or self.sent_on
        asked = self.child_id.state == "pending" or known
        return bool(asked and fields.Datetime.now() - since < OVERDUE)
