"""What follows from the answer of the provider."""

from odoo import fields, models


class SalesOrderRefund(models.Model):
    _inherit = "sales.order.refund"

    def _finish(self):
        """The money is on its way back: keep it, tell the customer, book it."""
        self.ensure_one()
        self.write(
            {"state": "done", "done_on": fields.Datetime.now(), "last_error": False}
        )
        self._log_on_order("refund.done")
        self._tell_customer()
        # sudo: Odoo books what its transactions say.
        self.env.ref("payment.cron_post_process_payment_tx").sudo()._trigger()

    def _fail(self, message):
        """The provider gives nothing back: somebody has to."""
        self.ensure_one()
        self.write({"state": "failed", "last_error": message})
        self._log_on_order("refund.failed", error=message)
        if self.kind == "refund":
            note = self.env._(
                "%(provider)s did not give it back: %(error)s",
                provider=self.provider_id.name,
                error=message,
            )
            self.order_id._ask_to_pay_back(self.amount, note)

    def _set_unknown(self, message):
        """Nobody knows what the provider did: it is never asked again by itself."""
        self.ensure_one()
        self.write({"state": "unknown", "last_error": message})
        self._log_on_order("refund.unknown", error=message)
        self.order_id.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=self.env._("Check the refund of %s", self._format_amount()),
            note=self.env._(
                "Look at %(provider)s whether it gave back %(reference)s, and say so on "
                "the refund (Sales, Orders, Refunds).",
                provider=self.provider_id.name,
                reference=self.reference,
            ),
            user_id=self.user_id.id or self.env.ref("base.user_admin").id,
        )

    def _end_child(self):
        """Have its transaction say what a person found out at the provider."""
        if self.kind == "refund":
            self.child_id._set_done()
        else:
            self.child_id._set_canceled()

    def _format_amount(self):
        return self.currency_id.format(self.amount)

    def _log_on_order(self, code, **data):
        self.order_id._log_event(
            code,
            source=self._get_source().name,
            reference=self.reference,
            amount=self.amount,
            **data,
        )

    # === Books === #

    def _is_booked(self):
        """Return whether the books say that the payment is not there any more."""
        self.ensure_one()
        lines = self.child_id.payment_id._get_receivable_lines()
        return bool(lines) and all(lines.mapped("reconciled"))

    def _set_off(self):
        """Set the payment that went out off against the one that had come in."""
        for refund in self.filtered(lambda one: one.kind == "refund"):
            payments = refund.child_id.payment_id | refund.transaction_id.payment_id
            lines = payments._get_receivable_lines()
            lines = lines.filtered(lambda line: not line.reconciled)
            if len(lines.move_id) > 1 and len(lines.account_id) == 1:
                lines.reconcile()


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def _get_receivable_lines(self):
        """Return the lines of the books by which they pay, or pay back, customers."""
        return self.move_id.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
