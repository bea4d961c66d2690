import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ..sales_subscription_state import BILLED_STATES

_logger = logging.getLogger(__name__)
# States of a transaction whose outcome is still open at the provider.
OPEN = ("pending", "authorized")
# First half of the keys of our advisory locks.
CHARGING = 0x5B5C


class SalesSubscriptionPeriod(models.Model):
    """Charging: each invoice once, whatever breaks in between.

    An attempt is a transaction whose reference follows from period and number; a
    unique index lets only one exist. It is committed before the provider is asked, so
    that a crash leaves a trace, and its result right after. Where a crash, or a lost
    connection, leaves it open whether money moved, the period is in quarantine: nobody
    is charged again until the provider answers or a person decides.
    """

    _inherit = "sales.subscription.period"

    transaction_ids = fields.One2many(
        "payment.transaction",
        "sales_period_id",
        string="Payments",
        readonly=True,
        groups="base.group_user",
        help="Attempts to charge it.",
    )
    charge_hold = fields.Boolean(
        string="In Quarantine",
        readonly=True,
        groups="base.group_user",
        help="Nobody knows whether it was charged: no further attempt until the "
        "provider answers or somebody decides.",
    )
    charge_started = fields.Boolean(
        readonly=True,
        groups="base.group_user",
        help="A first attempt was made; the dunning policy decides on others.",
    )

    # === First attempts === #

    @api.model
    def _get_to_charge_domain(self):
        """Invoiced periods that were not charged yet, and attempts that broke off."""
        unbooked = [("state", "=", "done"), ("is_post_processed", "=", False)]
        return (
            Domain("state", "=", "invoiced")
            & Domain("charge_hold", "=", False)
            & Domain("subscription_id.payment_mode", "=", "token")
            & Domain("subscription_id.state", "in", (*BILLED_STATES, "paused"))
            & Domain("move_id.state", "=", "posted")
            & Domain("move_id.move_type", "=", "out_invoice")
            & (
                Domain("charge_started", "=", False)
                | Domain("transaction_ids.state", "=", "draft")
                | Domain("transaction_ids", "any", unbooked)
            )
        )

    @api.model
    def _cron_charge(self, limit=50):
        """Charge the invoices of periods to the saved payment methods.

        :param int limit: periods a pass
        """
        domain = self._get_to_charge_domain()
        cron = self.env["ir.cron"]
        periods = self.search(domain, limit=limit, order="id")
        cron._commit_progress(remaining=self.search_count(domain))
        for period in periods:
            period._charge_safely(domain)
            if not cron._commit_progress(1):
                return

    def _charge_safely(self, domain=None):
        """Charge one period; what goes wrong stops none of the others."""
        self.ensure_one()
        if not self._lock_charging():
            return
        try:
            self.invalidate_recordset()
            if not domain or self.filtered_domain(domain):
                self._charge()
        except Exception:
            self.env.cr.rollback()
            _logger.exception("Charging %s failed", self)
            self._hold_if_lost()
        finally:
            self._unlock_charging()

    def _lock_charging(self):
        """Let only one worker charge the period, over all commits of the protocol.

        A row lock ends with each commit; this one ends with the session, so a worker
        that is killed leaves none behind.
        """
        query = SQL("SELECT pg_try_advisory_lock(%s, %s)", CHARGING, self.id)
        return self.env.execute_query(query)[0][0]

    def _unlock_charging(self):
        self.env.execute_query(
            SQL("SELECT pg_advisory_unlock(%s, %s)", CHARGING, self.id)
        )

    def _charge(self):
        """Make the next attempt, or finish the one that broke off."""
        self.ensure_one()
        last = self.transaction_ids.sorted("sales_attempt_no")[-1:]
        if self.charge_hold or last.state in OPEN:
            return
        if last.state == "done":
            # Charged, and the crash came before it was booked.
            if not last.is_post_processed:
                self._book(last)
            return
        if last.state == "draft" and last._is_request_lost():
            self._hold()
            return
        attempt = last if last.state == "draft" else self._create_attempt()
        if attempt:
            self._send(attempt)

    def _create_attempt(self):
        """Enter the next attempt; committed before anything is sent.

        :return: the transaction; none where nothing can be charged
        """
        move, token = self.move_id, self._get_next_token()
        self.charge_started = True
        if not self.is_owed or not self._is_leader():
            return self.env["payment.transaction"]
        if not token:
            self._miss()
            return self.env["payment.transaction"]
        # A row that was billed again goes on counting: references are never used twice.
        before = (self | self._get_same_periods()).transaction_ids
        number = len(before) + 1
        attempt = self.env["payment.transaction"].create(
            {
                "provider_id": token.provider_id.id,
                "payment_method_id": token.payment_method_id.id,
                "token_id": token.id,
                "reference": self._get_reference(number),
                "amount": move.amount_residual,
                "currency_id": move.currency_id.id,
                "partner_id": move.partner_id.id,
                "operation": "offline",
                "invoice_ids": move.ids,
                "sales_period_id": self.id,
                "sales_attempt_no": number,
            }
        )
        self._commit()
        return attempt

    def _get_reference(self, number):
        """Return the reference of an attempt: the same whenever it is asked."""
        name = self.subscription_id.name.replace("/", "")
        kind = "P" if self.kind == "regular" else "C"
        return f"{name}-{kind}{self.period_no}-A{number}"

    def _get_next_token(self):
        """Return the payment method to try: the second one where the first fails."""
        tokens = self.subscription_id._get_tokens()
        failed = self.transaction_ids.filtered(lambda one: one.state == "error")
        hard = failed.filtered(lambda one: one.sales_decline_class == "hard").token_id
        fresh = (tokens - hard) - failed.token_id
        return (fresh or tokens - hard)[:1]

    def _is_leader(self):
        """Return whether this period charges an invoice that several may share."""
        sharing = self.search([("move_id", "=", self.move_id.id)], order="id")
        return sharing[:1] == self

    def _send(self, attempt):
        """Ask the provider, and commit what he says at once."""
        attempt.lock_for_update()
        if attempt.state != "draft":
            return
        attempt.sales_sent_at = fields.Datetime.now()
        self._commit()
        attempt._charge_with_token()
        self._commit()
        self._book(attempt)
        self._commit()

    def _book(self, attempt):
        """Book the result of one attempt; never several in one call."""
        attempt._post_process()

    def _commit(self):
        """Each step of the protocol is kept, whatever breaks after it."""
        # The scheduler's way to commit; nothing else is open in this transaction.
        self.env["ir.cron"]._commit_progress()

    # === Results === #

    def _after_charge(self, attempt):
        """Follow the result of an attempt, at once or when the provider answers."""
        self.ensure_one()
        if attempt.state == "done":
            self.charge_hold = False
            self._settle()
        elif attempt._is_request_lost():
            self._hold()
        elif attempt.state in ("error", "cancel"):
            self.subscription_id._log_event(
                "subscription.charge_failed",
                reference=attempt.reference,
                message=attempt.state_message or "",
                declined=attempt.sales_decline_class or "",
            )
            self._miss()

    def _miss(self):
        """The payment did not come: the dunning begins, or goes on."""
        if self.subscription_id.state == "active":
            self.subscription_id.write({"state": "past_due"})
        self.env["sales.dunning.case"]._open(self)

    def _settle(self):
        """Everything is paid: the dunning ends and the subscription goes on."""
        for period in self:
            self.env["sales.dunning.case"]._close(period)
            subscription = period.subscription_id
            if subscription.state == "past_due" and not any(
                subscription.dunning_case_ids.mapped("is_open")
            ):
                subscription.write({"state": "active"})
            subscription._resume_paid()

    # === Quarantine === #

    def _hold_if_lost(self):
        last = self.transaction_ids.sorted("sales_attempt_no")[-1:]
        if last.state == "draft" and last._is_request_lost():
            self._hold()

    def _hold(self):
        """Charge nobody again until it is known whether money moved."""
        for period in self.filtered(lambda one: not one.charge_hold):
            period.charge_hold = True
            subscription = period.subscription_id
            last = period.transaction_ids.sorted("sales_attempt_no")[-1:]
            subscription._log_event(
                "subscription.charge_unknown", reference=last.reference
            )
            subscription._tell(
                self.env._("Was %(reference)s charged?", reference=last.reference),
                self.env._(
                    "The provider gave no answer. Look it up there, then release the "
                    "period as charged or not charged."
                ),
            )

    def action_not_charged(self):
        """Release a period from quarantine: the provider knows of no payment.

        :raise AccessError: for others than accounting
        """
        self._release_from_quarantine(charged=False)

    def action_charged(self):
        """Release a period from quarantine: the provider has the payment.

        :raise AccessError: for others than accounting
        """
        self._release_from_quarantine(charged=True)

    def _release_from_quarantine(self, charged):
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Only accounting decides on payments."))
        self.check_access("read")
        # sudo: nobody may write the ledger; who decides is checked above.
        for period in self.sudo().filtered("charge_hold"):
            period.subscription_id.lock_for_update()
            last = period.transaction_ids.sorted("sales_attempt_no")[-1:]
            period.charge_hold = False
            if charged:
                last._set_done(extra_allowed_states=("error",))
                last._post_process()
            else:
                last.sales_decline_class = "soft"
                if last.state == "draft":
                    last._set_error(self.env._("Not charged, says the provider."))
                period._after_charge(last)
            period.subscription_id._log_event(
                "subscription.charge_decided", reference=last.reference, charged=charged
            )
